import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// The one table of settings: sweeps, `--set`, suggestions, JSON, columns and stage keys read it.
package enum Settings {
  package static let all: [Setting] = [
    Setting(
      "model", \.model, unit: "name, mlp(widths: [100, 50]), encoder(width: 64)", "the network"),
    Setting(
      "initializer", \.initializer, unit: "name", "how weights are drawn; none: the model's own way",
      components: { Initializer.catalogue.listings },
      value: { $0.map { .component($0.specification) } ?? .none },
      check: { initializer in
        try SettingError.naming("initializer") { try initializer.map(Initializer.catalogue.check) }
      },
      parse: { $0 == "none" ? nil : try Initializer(parsing: $0) }),
    Setting(
      "dataset", \.dataset, unit: "mnist, glyphs(difficulty: 0.8)", "what it is trained on"),
    Setting(
      "optimizer", \.optimizer, unit: "adam, adamw, sgd(momentum: 0.9, weight-decay: 0.0001)",
      "how weights follow gradients"),
    Setting(
      "learning-rate", \.learningRate,
      unit: "0.001, cosine(rate: 0.1), steps(rate: 0.1, points: [0.5, 0.75])",
      "the learning rate over the training"),
    Setting(
      "clipping", \.clipping, .positive, as: "1", unit: "number or none",
      "greatest norm of all gradients together"),
    Setting(
      "batch-size", \.batchSize, .examples, as: "60", unit: "examples", "examples in a training step"),
    Setting(
      "training", \.training, unit: "5000it or 10ep", "length of the dense training",
      value: \.specificationValue,
      check: { training in try SettingError.naming("training") { try training.check() } },
      parse: { try Budget(parsing: $0) }),
    Setting(
      "evaluation", \.evaluation, unit: "100it, 1ep or a share of the training",
      "how often validation and test sets are evaluated", value: \.specificationValue,
      check: { evaluation in try SettingError.naming("evaluation") { try evaluation.check() } },
      parse: { try Budget(parsing: $0) }),
    Setting(
      "criterion", \.criterion, unit: "name", "what says which weights go first"),
    Setting(
      "granularity", \.granularity, unit: "name", "what one unit of pruning is"),
    Setting(
      "allocation", \.allocation, unit: "name", "how much each layer gives"),
    Setting(
      "schedule", \.schedule, unit: "one-shot, iterative(rounds: 5), lottery-ticket(rounds: 12)",
      "when how much is pruned"),
    Setting(
      "sparsity", \.sparsity, .share, as: "0.9", unit: "fraction 0…1, or none",
      "the pruning ratio: the sparsity asked for"),
    Setting(
      "retraining", \.retraining,
      unit: "none, fine-tune(budget: 0.25), rewind(to: 100it), learning-rate-rewind(to: 0it), complete",
      "what follows each pruning"),
    Setting(
      "control", \.control, unit: "none, random-reinit or random-mask", "what the claim is compared with"),
    Setting(
      "rounds", \.rounds, unit: "numbers, as 3,7,9; or none", "the rounds that are reported",
      value: { $0.map { .list($0.map(Specification.Value.integer)) } ?? .none },
      check: { for round in $0 ?? [] { _ = try reportedRound("\(round)") } },
      parse: { text in
        let numbers = text.split { "[, ]".contains($0) }
        return text == "none" ? nil : try numbers.map { try reportedRound(String($0)) }
      }),
    Setting(
      "scoring-batch", \.scoringBatch, .examples, as: "256", unit: "examples",
      "examples in a batch whose evidence a criterion is given"),
    Setting(
      "execution", \.execution, unit: "automatic, always or never",
      "which pruned weights run sparse: by the contract's table of density and shape, all, or none",
      value: { .text($0.rawValue) },
      parse: { text in
        guard let execution = SparseExecution(rawValue: text) else {
          throw SettingError.unreadable("execution", text)
        }
        return execution
      }),
    Setting(
      "scoring-batches", \.scoringBatches, .whole(in: 1...Trial.possibleScoringBatches), as: "1",
      unit: "number",
      "batches whose evidence a criterion is given", neutral: .integer(1)),
    Setting(
      "loss", \.loss, unit: "cross-entropy, label-smoothing(share: 0.1)", "what trainings make small",
      neutral: .component(Loss.crossEntropy.specification)),
    Setting(
      "dynamics", \.dynamics, unit: "none, gradual(to: 0.5, every: 100it)",
      "how masks move inside a training",
      neutral: .component(Dynamics.none.specification)),
    Setting(
      "learned-mask", \.learnedMask, unit: "none, edge-popup, hard-concrete(penalty: 0.5)",
      "the mask that is learned in the first training",
      neutral: .component(LearnedMask.none.specification)),
    Setting(
      "stop", \.stop,
      unit:
        "never, plateau(metric: validation_loss, evaluations: 5), drop(tolerance: 0.01), early-bird(every: 1ep)",
      "what ends a training or a ladder before its time",
      neutral: .component(StopRule.never.specification)),
    Setting(
      "recipe", \.recipe, unit: "recipe(steps: [train, prune(sparsity: 0.5), retrain]), or none",
      "what is done step by step; none: what schedule and retraining stand for",
      neutral: Specification.Value.none,
      value: { $0.map { .component($0.specification) } ?? .none },
      check: { recipe in
        try SettingError.naming("recipe") {
          for step in recipe?.steps ?? [] { try RecipeStep.catalogue.check(step) }
        }
      },
      parse: { $0 == "none" ? nil : try Recipe(parsing: $0) }),
    Setting(
      "retraining-rate", \.retrainingRate, unit: "own, last, rewound, linear, cyclic, adaptive-linear",
      "how the learning rate of a retraining goes",
      neutral: .component(RetrainingRate.own.specification)),
    Setting(
      "repair", \.repair, unit: "none, recalibrate(batches: 10), bias-correction, least-squares",
      "what sets a pruned network right before its retraining",
      neutral: .component(Repair.none.specification)),
    Setting(
      "compaction", \.compaction, unit: "none or after-pruning",
      "whether a pruned network is trained on as the smaller one that is left of it",
      neutral: .text(Compaction.none.rawValue), value: { .text($0.rawValue) },
      parse: { text in
        guard let compaction = Compaction(rawValue: text) else {
          throw SettingError.unreadable("compaction", text)
        }
        return compaction
      }),
    Setting(
      "optimizer-state", \.optimizerState, unit: "fresh or kept",
      "whether a retraining goes on with the moments of the training before",
      neutral: .text(OptimizerState.fresh.rawValue), value: { .text($0.rawValue) },
      parse: { text in
        guard let state = OptimizerState(rawValue: text) else {
          throw SettingError.unreadable("optimizer-state", text)
        }
        return state
      }),
    Setting(
      "measure", \.measurement, unit: "none, latency, latency(threads: 1)",
      "what is measured of every round while nothing else runs",
      neutral: .component(RoundMeasurement.none.specification)),
    Setting(
      "target", \.target,
      unit:
        "weights, units, parameters, flops, bytes, memory, flops(share: 0.5), parameters(at-most: 100000)",
      "what the pruning ratio is a fraction of, or what is left of it at most",
      neutral: .component(CostTarget.weights.specification)),
    Setting(
      "start", \.start,
      unit: "fresh, file(\"weights.safetensors\"), file(\"w.npz\", names: timm, head: fresh)",
      "what its weights begin as: drawn afresh, or those of a file",
      neutral: .component(Start.fresh.specification), value: { .component($0.specification) },
      check: { start in try SettingError.naming("start") { try start.check() } },
      parse: { try Start(parsing: $0) }
    ).identified { .component($0.start.identity) },
    Setting(
      "data-order", \.dataOrder, unit: "number, or from a step on as 2@500it",
      "in which of several orders the measured networks see their data",
      neutral: DataOrder.own.specificationValue, value: \.specificationValue, check: { try $0.check() },
      parse: { try DataOrder(parsing: $0) }),
    Setting(
      "seed", \.seed, .whole(), as: "0", unit: "integer", "the seed of every random stream"),
  ]

  /// The setting of that name.
  package static func named(_ name: String) throws(SettingError) -> Setting { try all.named(name) }

  /// The name of the setting behind a key path; several settings of one component share none.
  static func name(of path: PartialKeyPath<Trial>) -> String {
    all.first { $0.path == path }?.name ?? "\(path)"
  }

  /// The first setting with a component that has this field, and the component, the trial's own before others:
  /// `optimizer`, `adam` for `weight-decay`.
  static func owner(ofField field: String) -> (setting: String, component: String)? {
    for setting in all {
      let owners = setting.components().filter { $0.fields.contains(field) }.map(\.name)
      let usual = setting.value(Trial()).description.prefix { $0 != "(" }
      if let first = owners.first { return (setting.name, owners.first { $0 == usual } ?? first) }
    }
    return nil
  }

  /// The number of a round that is reported.
  private static func reportedRound(_ text: String) throws(SettingError) -> Int {
    guard let round = Int(text), (0...Schedule.possibleRounds.upperBound).contains(round) else {
      throw .outOfRange(
        "rounds", text, "a whole number in 0…\(Schedule.possibleRounds.upperBound), as 3,7,9, or none")
    }
    return round
  }
}

extension [Setting] {
  /// The setting of that name.
  package func named(_ name: String) throws(SettingError) -> Setting {
    guard let setting = first(where: { $0.name == name }) else {
      throw .unknown("setting", name, known: map(\.name))
    }
    return setting
  }
}
