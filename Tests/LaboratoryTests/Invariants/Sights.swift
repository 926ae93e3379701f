import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

/// What invariants see, made by hand: one layer of six weights, of which two are pruned, and a bias.
enum Sights {
  static let mask = MaskSet([("fc.weight", Mask([2, 3], [1, 0, 1, 1, 0, 1]))])
  static let weights = ParameterSet([
    ("fc.weight", Tensor([2, 3], [0.5, 0, -1, 2, 0, 0])), ("fc.bias", Tensor([2], [0.25, 0])),
  ])

  /// A training after ten steps under that mask.
  static var training: TrainingSight {
    TrainingSight(step: 10, parameters: weights, masks: DynamicMasks(active: mask))
  }

  /// A round of that network, selected by validation losses.
  static var round: RoundSight {
    var row = IndexRow(trial: "t", seed: 0, round: 2)
    row.sparsity = 2.0 / 6
    let evaluations = [(0, 0.9, 0.2), (10, 0.4, 0.6), (20, 0.5, 0.8)].map { step, loss, accuracy in
      Evaluation(step: step, [(.validationLoss, loss), (.testAccuracy, accuracy), (.testLoss, 1)])
    }
    row[metric: .earlyStopStep] = 10
    row[metric: .earlyStopTestAccuracy] = 0.6
    return RoundSight(
      RoundRecord(row: row, weights: weights, masks: mask, evaluations: evaluations), masks: mask)
  }

  /// What came of one invariant in a training that was changed; `nil` where it does not apply.
  static func found(
    _ name: String, _ change: (inout TrainingSight) -> Void = { _ in }
  ) -> InvariantRecord? {
    var sight = training
    change(&sight)
    return sight.findings.first { $0.name == name }
  }

  /// The same in a round.
  static func foundInRound(
    _ name: String, _ change: (inout RoundSight) -> Void = { _ in }
  ) -> InvariantRecord? {
    var sight = round
    change(&sight)
    return sight.findings.first { $0.name == name }
  }
}

extension ParameterSet {
  /// The same with one number of an array changed.
  func changing(_ name: String, at place: Int, to value: Float) -> ParameterSet {
    var result = self
    result[name]?.scalars[place] = value
    return result
  }
}

@Suite struct InvariantTests {
  @Test func theCatalogueHasNamesAndSentences() {
    let names = Invariant.all.map(\.name)
    #expect(Set(names).count == names.count && names.count == 10)
    for name in names { #expect(name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 > 96 }, "\(name)") }
    #expect(Invariant.all.allSatisfy { $0.statement.hasSuffix(".") })
  }

  /// What does not apply is not listed.
  @Test func whatDoesNotApplyIsNotListed() {
    #expect(TrainingSight(step: 3, parameters: Sights.weights).findings == [])
    #expect(Sights.training.findings == [InvariantRecord("inactive-weights")])
    #expect(Sights.round.findings.map(\.name) == ["counted-sparsity", "test-set"])
    #expect(Sights.round.findings.fault == nil)
  }

  /// What is wrong, where, why, and what to do.
  @Test func aFaultIsASentence() {
    let found = Sights.foundInRound("control-steps") { $0.steps = (29, 30) }
    #expect(
      found?.fault
        == "the invariant control-steps is broken in round 2: the control has had 29 steps, and its ticket 30. A control "
        + "has had no fewer steps than its ticket. Either this program has a fault, or stored stages were changed: remove them "
        + "with `coppice clean --stages --all` and run again with --retry failed; where it stays, report it")
    let early = Sights.found("inactive-weights") {
      $0.forward = Sights.weights.changing("fc.weight", at: 4, to: 7)
    }
    #expect(
      early?.fault?.contains("is broken after step 10 of a training: 1 of fc.weight, at place 4 are") == true)
  }

  /// What was broken once stays broken.
  @Test func findingsAreMerged() {
    var records = [InvariantRecord("a"), InvariantRecord("b", fault: "first")]
    records.merge([
      InvariantRecord("a", fault: "now"), InvariantRecord("b"), InvariantRecord("b", fault: "later"),
      InvariantRecord("c"),
    ])
    #expect(
      records == [
        InvariantRecord("a", fault: "now"), InvariantRecord("b", fault: "first"), InvariantRecord("c"),
      ])
    #expect(records.fault == "now")
  }
}
