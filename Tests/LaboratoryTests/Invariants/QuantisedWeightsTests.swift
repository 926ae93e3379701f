import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct QuantisedWeightsTests {
  /// The weights of `Sights` as codes: rows of steps of 0.5 and 1.
  private func found(_ change: (inout RoundSight) -> Void = { _ in }) -> InvariantRecord? {
    Sights.foundInRound("quantised-weights") { sight in
      sight.record.row[metric: .bits] = 8
      sight.record.weightScales = ParameterSet([("fc.weight", Tensor([2], [0.5, 1]))])
      change(&sight)
    }
  }

  @Test func weightsOfCodesHoldIt() {
    #expect(found() == InvariantRecord("quantised-weights"))
    #expect(Sights.foundInRound("quantised-weights") == nil)
  }

  @Test func whatLiesBetweenCodesBreaksIt() {
    let between = found { $0.record.weights = Sights.weights.changing("fc.weight", at: 2, to: 0.75) }
    #expect(between?.fault?.contains("1 of fc.weight, at place 2 are between two codes") == true)
    let beyond = found { $0.record.weights = Sights.weights.changing("fc.weight", at: 3, to: 128) }
    #expect(beyond?.fault?.contains("are between two codes") == true)
    let missing = found { $0.record.weightScales = ParameterSet([("fc2.weight", Tensor([2], [0.5, 1]))]) }
    #expect(missing?.fault?.contains("fc2.weight has no codes") == true)
  }

  @Test func aPrunedWeightWithACodeBreaksIt() {
    let pruned = found { $0.record.weights = Sights.weights.changing("fc.weight", at: 4, to: 2) }
    #expect(
      pruned?.fault?.contains("1 of fc.weight, at place 4 are pruned and have another code than 0") == true)
  }
}
