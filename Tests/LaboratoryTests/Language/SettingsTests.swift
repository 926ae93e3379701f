import CoppiceDatasets
import CoppiceLaboratory
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct SettingsTests {
  /// No value is a default.
  static let unusual = Trial(
    model: .mlp([16, 8]), initializer: .kaimingUniform, dataset: .induction,
    optimizer: .sgd(momentum: 0.9, isNesterov: true, weightDecay: 1e-4),
    learningRate: .cosine(0.1).warmedUp(steps: 5), clipping: 1.5, batchSize: 7, training: .epochs(2.5),
    evaluation: .share(0.1), criterion: .taylor, granularity: .neuron,
    allocation: .layerWise(output: 0.5, ignoring: ["fc2"]), schedule: .lotteryTicket(rounds: 3, rate: 0.1),
    sparsity: 0.1 + 0.2, retraining: .rewind(to: .share(0.1), learningRate: false), control: .randomMask,
    rounds: [1, 3], scoringBatch: 17, execution: .never, seed: -4,
    recipe: Recipe([.train(), .prune(sparsity: 0.5), .retrain()]),
    dynamics: .gradual(from: .epochs(0.5), to: .share(0.75), every: .iterations(7)),
    loss: .labelSmoothing(share: 0.2),
    stop: .plateau("validation_accuracy", evaluations: 3, gain: 0.1), scoringBatches: 3,
    learnedMask: .edgePopup(), retrainingRate: .linear, repair: .biasCorrection(), compaction: .afterPruning,
    optimizerState: .kept, measurement: .latency(threads: 3), target: .flops(0.25),
    start: .file("new weights/a, b.safetensors", names: "timm", drawsHead: true),
    dataOrder: DataOrder(2, from: .share(0.25)))

  @Test func everyPropertyOfATrialIsASetting() {
    #expect(Mirror(reflecting: Trial()).children.count == Settings.all.count)
    #expect(Set(Settings.all.map(\.name)).count == Settings.all.count)
    for setting in Settings.all {
      #expect(
        setting.value(Trial()) != setting.value(Self.unusual), "\(setting.name) does not follow its property")
      #expect(!setting.documentation.isEmpty && !setting.unit.isEmpty)
    }
  }

  @Test(arguments: [Trial(), unusual]) func whatIsPrintedReadsBack(trial: Trial) throws {
    var read = trial.with { $0 = $0.seed == 0 ? Self.unusual : Trial() }
    for setting in Settings.all {
      let value = setting.value(trial)
      try setting.set(&read, "\(value)")
      #expect(setting.value(read) == value, "\(setting.name) \(value) reads as \(setting.value(read))")
    }
    #expect(read.specification == trial.specification)
  }

  @Test func shortFormsAreRead() throws {
    var trial = Trial()
    for (name, text, value) in [
      ("learning-rate", "0.1", "constant(rate: 0.1)"),
      ("optimizer", "sgd", "sgd(momentum: 0.0, nesterov: false, weight-decay: 0.0)"),
      ("rounds", "3,7,9", "[3, 7, 9]"), ("rounds", "none", "none"), ("clipping", "none", "none"),
      ("sparsity", "none", "none"), ("initializer", "none", "none"), ("training", "10ep", "10ep"),
    ] {
      let setting = try Settings.named(name)
      try setting.set(&trial, text)
      #expect("\(setting.value(trial))" == value)
    }
  }

  @Test func errorsSayWhatThereIs() {
    #expect(
      message { _ = try Settings.named("sparsty") }
        == "there is no setting named \"sparsty\"; did you mean \"sparsity\"? There are: model, initializer, dataset, "
        + "optimizer, learning-rate, clipping, batch-size, training, evaluation, criterion, granularity, allocation, "
        + "schedule, sparsity, retraining, control, rounds, scoring-batch, execution, scoring-batches, loss, dynamics, learned-mask, stop, "
        + "recipe, retraining-rate, repair, compaction, optimizer-state, measure, target, start, data-order, seed"
    )
    func set(_ name: String, _ text: String) -> String {
      var trial = Trial()
      return message { try Settings.named(name).set(&trial, text) }
    }
    for text in ["1", "nan", "half"] {
      #expect(
        set("sparsity", text)
          == "sparsity is \(text), but must be a number from 0 up to but not including 1, as 0.9, or none")
    }
    #expect(set("batch-size", "0") == "batch-size is 0, but must be a whole number in 1…10000000, as 60")
    #expect(set("clipping", "-1") == "clipping is -1, but must be a number above 0, as 1, or none")
    #expect(set("rounds", "1,x") == "rounds is x, but must be a whole number in 0…1000, as 3,7,9, or none")
    #expect(set("seed", "one") == "seed is one, but must be a whole number, as 0")
    #expect(
      set("dataset", "glyph")
        == "there is no data set named \"glyph\"; did you mean \"glyphs\"? There are: "
        + Datasets.all.map(\.name).joined(separator: ", "))
    for name in [
      "model", "optimizer", "learning-rate", "training", "criterion", "schedule", "retraining", "control",
    ] {
      #expect(!set(name, "no-such-thing").isEmpty, "\(name)")
    }
  }
}
