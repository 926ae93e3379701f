import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms
import Crypto
import Foundation
import Testing

@Suite struct StageKeyTests {
  /// Python's hashlib over the bytes as `Specification.canonicalBytes` documents them, then the numerics version, one byte.
  @Test func keysAreTheSameInEveryProcess() {
    #expect(
      StageKey(Specification("trial", version: 1)).hexadecimal
        == "6bc092c8c03b4dd3e4fd8cd2d6daef69d34c3168ad8a1e7365566e35a3fa0fe7")
    let specification = Specification(
      "training", version: 1,
      [
        ("steps", .integer(3)), ("rate", .number(0.1)), ("source", .none),
        ("masks", .list([.text("a"), .flag(true)])), ("part", .component(Specification("adam", version: 2))),
      ])
    #expect(
      StageKey(specification).hexadecimal
        == "d9add0cdf77d1f585e801eb8b8bf129e440dee1a404721d9e6eba669d02fbe90")
    #expect(StageKey(specification).short == "d9add0cd")
  }

  /// Keys of real stages. Where this fails without a change meant to alter results, results already stored would be lost.
  @Test func keysOfTheStagesOfATrialStay() throws {
    let trial = Trial.tiny.with { ($0.control, $0.retraining) = (.randomMask, .rewind(to: .iterations(10))) }
    let plan = try TrialPlan(trial, Bench.library)
    #expect(plan.stages.map(\.key.short) == ["2b5f0d9d", "b1321473", "adb157f9", "11d96d9d", "2d5b052c"])
    #expect(plan.key.short == "5aa8c9b2")
  }

  @Test func aTrainingDependsOnWhatItIsMadeFromAndNothingElse() throws {
    let other = SettingsTests.unusual.with {
      ($0.rounds, $0.seed) = ([1], 1)
      ($0.sparsity, $0.schedule) = (0.25, .iterative(rounds: 2))
    }
    let base = Trial.tiny
    let plan = try TrialPlan(base, Bench.library)
    let training: Set = [
      "model", "initializer", "dataset", "optimizer", "learning-rate", "clipping", "batch-size", "training",
      "evaluation", "seed", "loss", "stop",
      // What is kept of the optimizer, the training before has to leave.
      "optimizer-state",
    ]
    // What is measured under another order of the data is a copy; masks are those of the seed's own.
    let pruning: Set = ["criterion", "granularity", "allocation", "sparsity", "schedule", "target"]
    // A dynamics or a learned mask takes the place of the schedule, a repair stands behind no rewind, and a start is a file; that their
    // stages have other keys GradualTests, LearnedMaskTests, RepairStageTests and StartWeightsTests see.
    for setting in Settings.all where !["dynamics", "learned-mask", "repair", "start"].contains(setting.name)
    {
      var changed = base
      switch setting.name {
      case "dataset": changed.dataset = .tinyGlyphs
      case "allocation": changed.allocation = .layerWise
      // The other trial's says itself what is asked for, which goes with no sparsity.
      case "target": changed.target = .flops
      default: try setting.set(&changed, "\(setting.value(other))")
      }
      #expect(setting.value(changed) != setting.value(base))
      let altered = try TrialPlan(changed, Bench.library)
      #expect(
        (altered.rounds[0][.training] != plan.rounds[0][.training])
          == (training.contains(setting.name) || setting.name == "data-order"),
        "the dense training and \(setting.name)")
      #expect(
        (altered.rounds[1][.masks] != plan.rounds[1][.masks])
          == (training.union(pruning).contains(setting.name) || setting.name == "control"),
        "the pruning and \(setting.name)")
      #expect(altered.key != plan.key && altered.name != plan.name)
    }
  }

  @Test func whatACriterionAsksForIsInTheKeyOfItsPruning() throws {
    func masks(_ criterion: Criterion, scoringBatch: Int) throws -> StageKey? {
      try TrialPlan(
        Trial.tiny.with { ($0.criterion, $0.scoringBatch) = (criterion, scoringBatch) }, Bench.library
      ).rounds[1][.masks]
    }
    for criterion in [Criterion.magnitude, .random] {
      #expect(try masks(criterion, scoringBatch: 10) == masks(criterion, scoringBatch: 20))
    }
    #expect(try masks(.taylor, scoringBatch: 10) != masks(.taylor, scoringBatch: 20))
  }

  @Test func aComponentWithoutAVersionBringsTheExecutable() throws {
    let digest = Executable.digest
    #expect(digest.count == 64)
    let specification = Specification("draft", version: nil, [("x", .integer(1))])
    for whole in [
      specification, Specification("training", version: 1, [("part", .component(specification))]),
      Specification("training", version: 1, [("parts", .list([.component(specification)]))]),
    ] {
      let bytes = whole.canonicalBytes + [UInt8(StageKey.numericsVersion)] + Array(digest.utf8)
      let expected = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
      #expect(StageKey(whole).hexadecimal == expected)
    }
    // A criterion still being written alters its pruning and what follows, and leaves the dense training as it is.
    func plan(_ version: Int?) throws -> TrialPlan {
      let criterion = Criterion("draft", version: version) { $0.weights }
      return try TrialPlan(Trial.tiny.with { $0.criterion = criterion }, Bench.library)
    }
    let (draft, released) = (try plan(nil), try plan(1))
    #expect(draft.rounds[0][.training] == released.rounds[0][.training])
    #expect(draft.rounds[1][.masks] != released.rounds[1][.masks])
    #expect(draft.rounds[1][.training] != released.rounds[1][.training])
    #expect(draft.key != released.key)
  }
}
