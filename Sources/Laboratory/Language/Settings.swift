import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// One setting of a trial: its name on the command line, in columns and in JSON, what it means, and how it is read.
package struct Setting: Sendable {
  /// The name: `learning-rate`.
  package let name: String
  /// The unit or form of a value: `fraction 0…1`, `steps (5000it), epochs (10ep)`.
  package let unit: String
  /// One line of documentation.
  package let documentation: String
  /// The value that does what was done before there was this setting. A setting at its neutral value takes no part in any key,
  /// and a file without the setting means that value. The first settings have none and take part always.
  package let neutral: Specification.Value?
  let path: PartialKeyPath<Trial> & Sendable
  /// The full value in a trial.
  package let value: @Sendable (Trial) -> Specification.Value
  /// Sets it from text.
  package let set: @Sendable (inout Trial, String) throws -> Void
  /// The components that can be its value; none where it takes numbers or words.
  package let components: @Sendable () -> [Listing]

  package init<Value>(
    _ name: String, _ path: WritableKeyPath<Trial, Value> & Sendable, unit: String, _ documentation: String,
    neutral: Specification.Value? = nil, components: @escaping @Sendable () -> [Listing] = { [] },
    value: @escaping @Sendable (Value) -> Specification.Value,
    parse: @escaping @Sendable (String) throws -> Value
  ) {
    self.name = name
    self.unit = unit
    self.documentation = documentation
    self.neutral = neutral
    self.path = path
    self.components = components
    self.value = { value($0[keyPath: path]) }
    set = { trial, text in trial[keyPath: path] = try parse(text) }
  }
}

/// The one table of settings: sweeps, `--set`, suggestions, JSON, columns and stage keys read it.
package enum Settings {
  package static let all: [Setting] = [
    Setting(
      "model", \.model, unit: "name, mlp(widths: [100, 50]), encoder(width: 64)", "the network",
      components: { Model.catalogue.listings },
      value: { .component($0.specification) }, parse: { try Model(parsing: $0) }),
    Setting(
      "initializer", \.initializer, unit: "name", "how weights are drawn; none: the model's own way",
      components: { Initializer.catalogue.listings },
      value: { $0.map { .component($0.specification) } ?? .none },
      parse: { $0 == "none" ? nil : try Initializer(parsing: $0) }),
    Setting(
      "dataset", \.dataset, unit: "mnist, glyphs(difficulty: 0.8)", "what it is trained on",
      components: { DatasetSource.catalogue.listings },
      value: { .component($0.specification) }, parse: { try DatasetSource(parsing: $0) }),
    Setting(
      "optimizer", \.optimizer, unit: "adam, adamw, sgd(momentum: 0.9, weight-decay: 0.0001)",
      "how weights follow gradients", components: { Optimizer.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try Optimizer(parsing: $0) }),
    Setting(
      "learning-rate", \.learningRate,
      unit: "0.001, cosine(rate: 0.1), steps(rate: 0.1, points: [0.5, 0.75])",
      "the learning rate over the training", components: { LearningRate.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try LearningRate(parsing: $0) }),
    Setting(
      "clipping", \.clipping, unit: "number or none", "greatest norm of all gradients together",
      value: { $0.map(Specification.Value.number) ?? .none },
      parse: { $0 == "none" ? nil : try number($0, "clipping") { $0 > 0 } }),
    Setting(
      "batch-size", \.batchSize, unit: "examples", "examples in a training step", value: { .integer($0) },
      parse: { try integer($0, "batch-size") { $0 > 0 } }),
    Setting(
      "training", \.training, unit: "5000it or 10ep", "length of the dense training",
      value: \.specificationValue, parse: { try Budget(parsing: $0) }),
    Setting(
      "evaluation", \.evaluation, unit: "100it, 1ep or a share of the training",
      "how often validation and test sets are evaluated", value: \.specificationValue,
      parse: { try Budget(parsing: $0) }),
    Setting(
      "criterion", \.criterion, unit: "name", "what says which weights go first",
      components: { Criterion.catalogue.listings },
      value: { .component($0.specification) }, parse: { try Criterion(parsing: $0) }),
    Setting(
      "granularity", \.granularity, unit: "name", "what one unit of pruning is",
      components: { Granularity.catalogue.listings },
      value: { .component($0.specification) }, parse: { try Granularity(parsing: $0) }),
    Setting(
      "allocation", \.allocation, unit: "name", "how much each layer gives",
      components: { Allocation.catalogue.listings },
      value: { .component($0.specification) }, parse: { try Allocation(parsing: $0) }),
    Setting(
      "schedule", \.schedule, unit: "one-shot, iterative(rounds: 5), lottery-ticket(rounds: 12)",
      "when how much is pruned", components: { Schedule.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try Schedule(parsing: $0) }),
    Setting(
      "sparsity", \.sparsity, unit: "fraction 0…1, or none", "the pruning ratio: the sparsity asked for",
      value: { $0.map(Specification.Value.number) ?? .none },
      parse: { $0 == "none" ? nil : try number($0, "sparsity") { (0..<1).contains($0) } }),
    Setting(
      "retraining", \.retraining,
      unit: "none, fine-tune(budget: 0.25), rewind(to: 100it), learning-rate-rewind(to: 0it)",
      "what follows each pruning", components: { Retraining.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try Retraining(parsing: $0) }),
    Setting(
      "control", \.control, unit: "none, random-reinit or random-mask", "what the claim is compared with",
      components: { Control.catalogue.listings },
      value: { .component($0.specification) }, parse: { try Control(parsing: $0) }),
    Setting(
      "rounds", \.rounds, unit: "numbers, as 3,7,9; or none", "the rounds that are reported",
      value: { $0.map { .list($0.map(Specification.Value.integer)) } ?? .none },
      parse: { text in
        let numbers = text.split { "[, ]".contains($0) }
        return text == "none" ? nil : try numbers.map { try integer(String($0), "rounds") { $0 >= 0 } }
      }),
    Setting(
      "scoring-batch", \.scoringBatch, unit: "examples",
      "examples in a batch whose evidence a criterion is given",
      value: { .integer($0) }, parse: { try integer($0, "scoring-batch") { $0 > 0 } }),
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
      "scoring-batches", \.scoringBatches, unit: "number", "batches whose evidence a criterion is given",
      neutral: .integer(1), value: { .integer($0) }, parse: { try integer($0, "scoring-batches") { $0 > 0 } }),
    Setting(
      "loss", \.loss, unit: "cross-entropy, label-smoothing(share: 0.1)", "what trainings make small",
      neutral: .component(Loss.crossEntropy.specification), components: { Loss.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try Loss(parsing: $0) }),
    Setting(
      "dynamics", \.dynamics, unit: "none, gradual(to: 0.5, every: 100it)",
      "how masks move inside a training",
      neutral: .component(Dynamics.none.specification), components: { Dynamics.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try Dynamics(parsing: $0) }),
    Setting(
      "stop", \.stop, unit: "never, plateau(metric: validation_loss, evaluations: 5), drop(tolerance: 0.01)",
      "what ends a training or a ladder before its time",
      neutral: .component(StopRule.never.specification), components: { StopRule.catalogue.listings },
      value: { .component($0.specification) },
      parse: { try StopRule(parsing: $0) }),
    Setting(
      "recipe", \.recipe, unit: "recipe(steps: [train, prune(sparsity: 0.5), retrain]), or none",
      "what is done step by step; none: what schedule and retraining stand for",
      neutral: Specification.Value.none,
      value: { $0.map { .component($0.specification) } ?? .none },
      parse: { $0 == "none" ? nil : try Recipe(parsing: $0) }),
    Setting(
      "seed", \.seed, unit: "integer", "the seed of every random stream", value: { .integer($0) },
      parse: { try integer($0, "seed") { _ in true } }),
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

  private static func number(
    _ text: String, _ setting: String, _ isFit: (Double) -> Bool
  ) throws(SettingError) -> Double {
    guard let number = Double(text), isFit(number) else { throw .unreadable(setting, text) }
    return number
  }

  private static func integer(
    _ text: String, _ setting: String, _ isFit: (Int) -> Bool
  ) throws(SettingError) -> Int {
    guard let integer = Int(text), isFit(integer) else { throw .unreadable(setting, text) }
    return integer
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

/// A setting that cannot be read.
package enum SettingError: Error, Hashable, CustomStringConvertible {
  case unknown(String, String, known: [String])
  case unreadable(String, String)

  package var description: String {
    switch self {
    case .unknown(let kind, let name, let known):
      "there is no \(kind) named \"\(name)\"" + Self.instead(of: name, known)
    case .unreadable(let setting, let text):
      "\"\(text)\" is not a value of \(setting)"
        + ((try? Settings.named(setting)).map { ": it takes \($0.unit)" } ?? "")
    }
  }
}

extension SettingError {
  /// What there is in place of a setting that does not exist. A field of a component is often written like a setting, by its name
  /// or by a common abbreviation: `weight-decay`, `wd`.
  private static func instead(of name: String, _ known: [String]) -> String {
    let field = ([name] + name.meanings).lazy.compactMap { field in
      Settings.owner(ofField: field).map { "\($0.setting)=\($0.component)(\(field): …)" }
    }.first
    guard known.nearest(to: name) == nil, let field else { return known.instead(of: name) }
    return "; did you mean \(field)? There are: \(known.joined(separator: ", "))"
  }
}

extension SettingError: ReportedError {
  package var exitCode: FailureCode { .usage }
}
