import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct PartingTests {
  /// A record of two rounds, changed in one thing.
  static func record(_ change: (inout TrialRecord) -> Void = { _ in }) -> TrialRecord {
    func weights(_ start: Float) -> ParameterSet {
      ParameterSet([("a.weight", Tensor([2, 2], [start, 2, 3, 0])), ("a.bias", Tensor([2], [4, 5]))])
    }
    var record = TrialRecord(
      trial: "t", status: .completed, configuration: "{}", provenance: "{}", initialWeights: weights(1))
    for index in 0..<2 {
      var series = Series(steps: [1, 2, 3])
      series["loss"] = [3, 2, .nan]
      var round = RoundRecord(row: IndexRow(trial: "t", seed: 0, round: index))
      (round.weights, round.series) = (weights(Float(index) + 1), series)
      round.masks = MaskSet([("a.weight", Mask([2, 2], [1, 1, 1, 0]))])
      round.evaluations = [
        Evaluation(step: 2, [(.testLoss, 0.5)]),
        Evaluation(step: 3, [(.testLoss, 0.25)], testClassAccuracy: [0.5, 1]),
      ]
      record.rounds.append(round)
    }
    change(&record)
    return record
  }

  @Test func equalRecordsPartNowhere() {
    #expect(Parting(Self.record(), Self.record()) == nil)
    #expect(Self.record().sha256 == Self.record().sha256)
    #expect(Self.record().sha256.count == 64)
  }

  /// Whatever the digest sees, the parting names; and the first of several.
  @Test func theFirstDifferenceIsNamed() {
    let changes: [(words: String, change: (inout TrialRecord) -> Void)] = [
      (
        "before training: the weights before training of a.bias differ in 1 of 2 numbers",
        { $0.initialWeights?["a.bias"]?.scalars[1] = 6 }
      ),
      (
        "before training: the weights before training are kept in one of them alone",
        { $0.initialWeights = nil }
      ),
      (
        "round 0: the mask of a.weight differs in 1 of 4 places",
        { $0.rounds[0].masks?["a.weight"]?.bytes[0] = 0 }
      ),
      (
        "round 0, step 2: the loss is 2.0 in the one and 2.5 in the other",
        { $0.rounds[0].series["loss"] = [3, 2.5, 7] }
      ),
      (
        "round 0, step 2: the test_loss is 0.5 in the one and 0.75 in the other",
        {
          $0.rounds[0].evaluations[0][.testLoss] = 0.75
          $0.rounds[0].series["loss"] = [3, 2, 7]
        }
      ),
      (
        "round 0, step 3: the accuracies of single classes differ",
        { $0.rounds[0].evaluations[1].testClassAccuracy[0] = 0 }
      ),
      (
        "round 0, step 3: an evaluation was made in one of them alone",
        { $0.rounds[0].evaluations.removeLast() }
      ),
      (
        "round 1: the weights of a.weight differ in 1 of 4 numbers",
        { $0.rounds[1].weights?["a.weight"]?.scalars[3] = -0.0 }
      ),
      (
        "round 1: the scales are kept in one of them alone",
        { $0.rounds[1].weightScales = ParameterSet([("a.weight", Tensor([2], [1, 1]))]) }
      ),
      ("round 1: there is no such round in the other", { $0.rounds.removeLast() }),
    ]
    for (words, change) in changes {
      let (one, other) = (Self.record(), Self.record(change))
      #expect(Parting(one, other)?.description == words)
      #expect(one.sha256 != other.sha256)
    }
  }

  /// Not-a-numbers are one, whatever their bits, and names and times are no results.
  @Test func whatTheDigestLeavesOutPartsNothing() {
    let other = Self.record {
      $0.trial = "other"
      $0.provenance = "{\"x\": 1}"
      $0.rounds[0].row[metric: .wallTime] = 9
      $0.rounds[0].series["loss"] = [3, 2, -Float.nan]
    }
    #expect(Parting(Self.record(), other) == nil)
    #expect(Self.record().sha256 == other.sha256)
  }
}
