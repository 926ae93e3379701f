import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct UntrainedWeightsTests {
  private func found(_ now: ParameterSet, _ before: ParameterSet) -> InvariantRecord? {
    Sights.found("untrained-weights") {
      let all = MaskSet([("fc.weight", Mask(keepingAll: [2, 3]))])
      $0.masks = DynamicMasks(active: all, trained: Sights.mask)
      ($0.parameters, $0.forward, $0.frozen) = (now, now, before)
    }
  }

  private let before = Sights.weights.changing("fc.weight", at: 4, to: 3)

  @Test func untrainedWeightsKeepTheirBits() {
    #expect(found(before, before) == InvariantRecord("untrained-weights"))
    #expect(found(before.changing("fc.weight", at: 0, to: 9), before)?.isHeld == true)
    // One mask has nothing that is active and not trained.
    #expect(Sights.found("untrained-weights") == nil)
  }

  @Test func oneThatMovesBreaksIt() {
    let now = before.changing("fc.weight", at: 4, to: Float(3).nextDown)
    #expect(found(now, before)?.fault?.contains("1 of fc.weight, at place 4 are not trained") == true)
  }
}
