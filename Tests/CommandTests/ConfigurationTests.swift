import Coppice
import CoppiceExperiments
import CoppiceTestSupport
import Foundation
import Testing

/// What files hold of a trial leads back to the trial, or says why not.
@Suite struct ConfigurationTests {
  private func expectRoundTrip(_ trial: Trial, _ location: SourceLocation = #_sourceLocation) throws {
    let read = try Trial(configuration: trial.configuration)
    #expect(read.specification == trial.specification, sourceLocation: location)
    #expect(read.configuration == trial.configuration, sourceLocation: location)
  }

  @Test func everyShippedComponentIsReadBack() throws {
    for model in Model.all { try expectRoundTrip(Trial(model: model)) }
    for initializer in Initializer.all { try expectRoundTrip(Trial(initializer: initializer)) }
    for dataset in DatasetSource.all { try expectRoundTrip(Trial(dataset: dataset)) }
    for optimizer in Optimizer.all { try expectRoundTrip(Trial(optimizer: optimizer)) }
    for rate in LearningRate.all { try expectRoundTrip(Trial(learningRate: rate)) }
    for criterion in Criterion.all { try expectRoundTrip(Trial(criterion: criterion)) }
    for granularity in Granularity.all { try expectRoundTrip(Trial(granularity: granularity)) }
    for allocation in Allocation.all { try expectRoundTrip(Trial(allocation: allocation)) }
    for schedule in Schedule.all { try expectRoundTrip(Trial(schedule: schedule)) }
    for retraining in Retraining.catalogue.all
      + [.fineTune(.epochs(2.5)), .rewind(to: .share(0.1), learningRate: false)]
    {
      try expectRoundTrip(Trial(retraining: retraining))
    }
    for control in Control.catalogue.all { try expectRoundTrip(Trial(control: control)) }
    for dynamics in Dynamics.catalogue.all { try expectRoundTrip(Trial(dynamics: dynamics)) }
    for mask in LearnedMask.catalogue.all { try expectRoundTrip(Trial(learnedMask: mask)) }
    for rate in RetrainingRate.catalogue.all { try expectRoundTrip(Trial(retrainingRate: rate)) }
    for repair in Repair.catalogue.all { try expectRoundTrip(Trial(repair: repair)) }
    for loss in Loss.catalogue.all { try expectRoundTrip(Trial(loss: loss)) }
    for rule in StopRule.catalogue.all { try expectRoundTrip(Trial(stop: rule)) }
    try expectRoundTrip(Trial(recipe: Recipe(RecipeStep.catalogue.all)))
  }

  @Test func numbersKeepTheirBits() throws {
    try expectRoundTrip(
      Trial(
        dataset: .cifar10(scaling: .cifar10, augmentation: .flipAndShift),
        optimizer: .sgd(momentum: 0.1 + 0.2),
        learningRate: .constant(1.0 / 3), clipping: 1e-30.nextUp, sparsity: 0.1.nextUp, rounds: [3, 7],
        seed: -5))
    try expectRoundTrip(Trial(dataset: .glyphs(generatorSeed: .max)))
  }

  /// Fields of data sets were in camel case once.
  @Test func theOlderSpellingOfFieldsIsReadBack() throws {
    let trials = [
      Trial(dataset: .glyphs(generatorSeed: 3)), Trial(dataset: .induction(variesPeriod: false)),
      Trial(dataset: .sst2(minimumCount: 5)), Trial(dataset: .mnist(scaling: .mnist)),
    ]
    for trial in trials {
      let old = [
        ("generator-seed", "generatorSeed"), ("varies-period", "variesPeriod"),
        ("minimum-count", "minimumCount"),
        ("standard-deviation", "standardDeviation"),
      ].reduce(trial.configuration) { $0.replacing("\"\($1.0)\":", with: "\"\($1.1)\":") }
      #expect(old != trial.configuration)
      #expect(try Trial(configuration: old).specification == trial.specification)
    }
    let other = trials[0].configuration.replacing("generator-seed", with: "generatorSeeds")
    #expect(throws: ConfigurationError.self) { try Trial(configuration: other) }
  }

  @Test func everyExperimentIsReadBack() throws {
    for experiment in Experiments.all { for trial in try experiment.trials() { try expectRoundTrip(trial) } }
  }

  /// Planned on data that are drawn in place of published ones: what goes together follows from shapes and classes.
  @Test func everyExperimentCanBePlanned() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("sst2"), withIntermediateDirectories: true)
    for (part, count) in [("train", 2_100), ("dev", 1), ("test", 1)] {
      let lines = (0..<count).map { "good or bad \($0 % 7)\t\($0 % 2)\n" }
      try lines.joined().write(toFile: folder.file("sst2/\(part).tsv"), atomically: false, encoding: .utf8)
    }
    for experiment in Experiments.all {
      let drawn: String? =
        switch experiment.base.dataset {
        case .sst2: nil
        case .tinyShakespeare: "induction(training: 2000)"
        case let own where own.isEmbedded: nil
        default: "glyphs(training: 2000)"
        }
      #expect(throws: Never.self, "\(experiment.name)") {
        _ = try SweepPlan(
          experiment, seeds: 1, overrides: drawn.map { [("dataset", $0)] } ?? [],
          library: DataLibrary(DataFolders([folder.path])))
      }
    }
  }

  @Test func whatCannotBeReadBackSaysWhy() {
    let own = Criterion("own") { $0.weights }
    #expect {
      try Trial(configuration: Trial(criterion: own).configuration)
    } throws: { "\($0)".contains("the stored criterion, own, cannot be read") }
    let newer = Trial().configuration.replacing(
      "\"magnitude\", \"version\": 1", with: "\"magnitude\", \"version\": 9")
    #expect {
      try Trial(configuration: newer)
    } throws: { "\($0)".contains("the stored criterion is") }
    #expect(throws: ConfigurationError.notJSON) { try Trial(configuration: "{\"model\": ") }
    #expect(throws: ConfigurationError.missing("model")) { try Trial(configuration: "{}") }
  }

  @Test(arguments: ["", "{", "[1,", "{\"a\" 1}", "\"a", "nul", "1 2", String(repeating: "[", count: 100_000)])
  func whatIsNoJSONIsNone(text: String) { #expect(JSON(parsing: text) == nil) }

  @Test func jsonReadsBackAsItWasWritten() {
    let text = #"{"a": [1, 2.5, -3e-300, "x\"\\\nä"], "b": {"name": "c", "version": null}, "d": true}"#
    #expect(JSON(parsing: text)?.text == text)
  }
}
