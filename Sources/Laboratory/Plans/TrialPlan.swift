import CoppiceExchange
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// A trial taken apart into stages: what is to be computed, and which stages hold the results of each round.
package struct TrialPlan: Sendable {
  package let trial: Trial
  package let regimen: Regimen
  /// What the granularity makes units from.
  let structure: NetworkStructure
  /// The reported rounds in order, the dense training first where there is one. The last one is the trial's result; where the
  /// schedule is a ladder, all of them are.
  package let rounds: [Round]
  /// The sparsity at the end, 0…1; under a target of costs the share of these that goes.
  package let targetSparsity: Double
  /// The trial's pruning ratio, or what its target says itself.
  let ratio: Double?
  /// What networks cost in what the target counts; `nil` where that is weights.
  let costs: CostModel?
  /// How many weights are prunable.
  let prunableCount: Int
  /// How many of these the largest unit has.
  let largestUnit: Int
  /// Layers that stay dense because a pattern does not divide them.
  let denseLayers: [String]
  /// Layers of which nothing survives, as far as that is certain before anything is trained.
  let emptiedLayers: [Forecast.Emptied]
  /// Where rewinding goes back to, in steps of the dense training.
  package let rewindStep: Int?
  /// Whether the last reported round has had every pruning, so that it has the sparsity that the trial was asked for.
  let endsReported: Bool
  /// What follows the last pruning: the trial's own retraining, unless its recipe has another.
  let retraining: Retraining
  /// Bytes that a stage takes at least, the data set apart.
  package private(set) var memory: Int
  /// The stages that the rounds need, parents before children.
  package let stages: [any Stage]
  /// The identity of the trial's results.
  package let key: StageKey
  /// The name of its file and in tables: the settings that matter to a reader, and the start of the key.
  package internal(set) var name: String
  /// The table of settings it is spelled with.
  let settings: [Setting]

  /// Plans a trial, reading its data set.
  ///
  /// - Throws: what is wrong with the settings, as `ExperimentError.trial`; `DatasetError` where data are missing.
  package init(_ trial: Trial, _ library: DataLibrary) throws {
    try self.init(trial, library, KnownNetworks(), Settings.all)
  }

  /// Plans a trial whose model others may have traced before.
  ///
  /// - Parameter identity: the trial's specification by the table of settings, where it is known.
  init(
    _ trial: Trial, identity: Specification? = nil, _ library: DataLibrary, _ networks: KnownNetworks,
    _ settings: [Setting]
  ) throws {
    do { try networks.checkNumbers(trial, settings) } catch { throw Self.refusal(of: trial, error) }
    // The digest of a file that it begins with is part of what it is.
    let (trial, identity) = try Self.started(trial, identity, networks)
    let data = try library.data(trial.dataset, seed: trial.seed)
    do {
      try self.init(
        trial, identity ?? trial.specification(settings), data, networks, settings, library.tables)
    } catch { throw Self.refusal(of: trial, error) }
  }

  private static func started(
    _ trial: Trial, _ identity: Specification?, _ networks: KnownNetworks
  ) throws -> (Trial, Specification?) {
    guard trial.start.file?.digest == nil, trial.start != .fresh else { return (trial, identity) }
    return (try trial.started(by: networks.digests), nil)
  }

  /// What is wrong with a trial; what is wrong with a file says so itself.
  private static func refusal(of trial: Trial, _ problem: any Error) -> any Error {
    if problem is ExchangeError || problem is StartError { return problem }
    return ExperimentError.trial(label(trial).joined(separator: "-"), problem: "\(problem)")
  }

  private init(
    _ trial: Trial, _ identity: Specification, _ data: TaskData, _ networks: KnownNetworks,
    _ settings: [Setting], _ tables: LatencyTables
  ) throws {
    self.trial = trial
    self.settings = settings
    let (network, structure) = try networks.network(trial, data.interface)
    self.structure = structure
    let start = try networks.start(trial.start, network)
    regimen = networks.shared(try Regimen(trial, network, data, start: start))
    try trial.checkCompatibility()
    memory = try networks.check(regimen, trial)
    try MemoryLimit.check(
      memory.plus(data.dataset.bytes), for: "training \(trial.model.specification.withoutInitializer)",
      advice: "choose a smaller model, or a smaller batch-size")
    if trial.stop.looksAtMetric, data.dataset.sizes.validation == 0 {
      throw PlanError.stopWithoutValidation(trial.stop)
    }
    let pruner = Pruner(
      criterion: trial.criterion, granularity: trial.granularity, allocation: trial.allocation)
    try pruner.checkCompatibility(with: network.layers, structure: structure)
    try networks.check(pruner.needs.evidence, regimen)
    let prunable = try pruner.prunable(among: network.layers, structure: structure)
    let costs = try networks.costs(trial, network, pruner, structure, tables)
    self.costs = costs?.model
    ratio = try costs?.ratio(trial.sparsity) ?? trial.sparsity
    let steps = try trial.steps(ratio: ratio)
    let learning = try trial.learning(pruner, structure, prunable)
    if let learning {
      memory = max(memory, try networks.check(learning, regimen))
      try MemoryLimit.check(
        memory.plus(data.dataset.bytes), for: "training with learned mask \(learning.mask.name)",
        advice: "choose a smaller model, or a smaller batch-size")
    }
    if trial.measurement.takesLatency {
      memory = max(memory, try networks.memoryOfLatency(regimen))
      try MemoryLimit.check(
        memory.plus(data.dataset.bytes),
        for: "measuring latencies of \(trial.model.specification.withoutInitializer)",
        advice: "choose a smaller model")
    }
    let last = steps.count { $0.prunes || $0.quantises } + trial.learnedRounds(steps)
    // Where nothing is pruned and nothing trained again, every round is the dense training, and is told once.
    let isDense = trial.recipe == nil && trial.sparsity == 0 && trial.retraining == .none
    let wanted = trial.rounds ?? (isDense ? [0] : Array(0...last))
    if let round = wanted.first(where: { !(0...last).contains($0) }) {
      throw PlanError.noSuchRound(round, last)
    }
    let retraining = try trial.retraining.plan(total: regimen.total, perEpoch: regimen.perEpoch)
    var course = try Course(
      trial, regimen, retraining: retraining, wanted: wanted, pruner: pruner, structure: structure,
      prunable: prunable, learning: learning, costs: costs, firstTarget: steps.lazy.compactMap(\.target).first
    )
    for step in steps { try step.extend(&course) }
    try course.measureRepaired()
    try course.takeDataOrder()
    course.measureLatencies()
    rounds = course.rounds
    guard course.isMeasured else { throw RecipeError.noRound }
    guard !rounds.isEmpty else { throw PlanError.noMeasuredRound(wanted) }
    denseLayers = try pruner.unevenLayers(among: network.layers)
    emptiedLayers = course.forecast.emptied
    (prunableCount, largestUnit) = (prunable.map(\.count).total, course.forecast.largestUnit)
    targetSparsity = course.costs.map(\.share) ?? rounds.last?.requestedSparsity ?? 0
    endsReported = trial.dynamics != .none || rounds.last?.index == last
    self.retraining = course.retrainings.last ?? .none
    rewindStep = try self.retraining.plan(total: regimen.total, perEpoch: regimen.perEpoch).rewindStep
    stages = course.graph.stages(neededBy: rounds.flatMap(\.keys))
    key = StageKey(
      Specification(
        "trial", version: 1,
        [
          ("settings", .component(identity)),
          ("rounds", .list(rounds.flatMap { $0.stages.flatMap { [.text($0.role.name), $0.key.value] } })),
        ]))
    name = ""
    name([])
  }

  /// The stages that the trial's results are read from.
  package var results: [StageKey] { rounds.flatMap(\.keys) + stages.filter(\.mayEndEarly).map(\.key) }

  /// Every setting with its full value, as JSON: what files hold.
  package var configuration: String { trial.configuration(settings) }

  /// What tells the trial from others of its sweep, as the index has it.
  package func values(of distinctions: [Distinction]) -> [IndexRow.SweptSetting] {
    trial.values(of: distinctions, settings)
  }

  private func value(of distinction: Distinction) -> Specification.Value? {
    value(of: distinction.setting).flatMap(distinction.value)
  }

  private func value(of setting: String) -> Specification.Value? {
    settings.first { $0.name == setting }?.value(trial)
  }

  /// Whether nothing is pruned: the trial is what others are compared with.
  var isDense: Bool {
    trial.recipe == nil && trial.sparsity == 0 && trial.dynamics == .none && trial.learnedMask == .none
  }

  /// Makes the name, with what else tells the trial from others of its sweep.
  mutating func name(_ distinctions: [Distinction]) {
    let label = Self.label(trial)
    let further = distinctions.compactMap { distinction -> String? in
      guard let whole = value(of: distinction.setting), let value = distinction.value(in: whole),
        value != .none, !isDense || !Self.pruningSettings.contains(distinction.setting)
      else { return nil }
      let text = Self.fileName("\(value)").split(separator: "-").joined(separator: "-")
      guard distinction.isName(in: whole) else { return "\(distinction.name)-\(text)" }
      return text == "none" || label.contains(text) ? nil : text
    }
    // The name of a file: what a user's own components are called may hold anything.
    let beginning = Self.fileName((label.dropLast() + further).joined(separator: "-"))
    let end = "-\(label.last ?? "")-\(key.short)"
    name = FileName.shortened(beginning, to: FileName.limit - end.utf8.count) + end
  }

  /// The settings that no name tells of beyond its label: the label has the method, the ratio and the seed, and the key the rest.
  static let settingsOfLabel: Set = [
    "schedule", "sparsity", "control", "rounds", "granularity", "recipe", "seed",
  ]

  /// The settings that make no difference to a network that is not pruned.
  private static let pruningSettings: Set = [
    "criterion", "allocation", "dynamics", "learned-mask", "scoring-batch", "scoring-batches", "execution",
  ]

  private static func fileName(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
  }

  /// `magnitude-lottery-ticket-random-reinit-0.9-seed0`: enough for a person to find a trial.
  private static func label(_ trial: Trial) -> [String] {
    var parts = [trial.method]
    if trial.recipe != nil {
      parts.append("recipe")
    } else if trial.schedule != .none {
      parts.append(trial.schedule.name)
    }
    if trial.dynamics != .none { parts.append(trial.dynamics.name) }
    if trial.recipe == nil, trial.retraining != .none { parts.append(trial.retraining.name) }
    if trial.control != .none { parts.append(trial.control.name) }
    if let sparsity = trial.sparsity { parts.append("\(sparsity)") }
    if trial.learnedMask != .none, trial.method != trial.learnedMask.name {
      parts.append(trial.learnedMask.name)
    }
    if trial.recipe == nil, trial.sparsity == 0, trial.dynamics == .none, trial.learnedMask == .none {
      parts = trial.retraining == .none ? ["dense"] : ["dense", trial.retraining.name]
    }
    // A component of one's own may have a name of any length; its full name stands in the file.
    return (parts + ["seed\(trial.seed)"]).map { FileName.shortened($0, to: 40) }
  }
}

extension Trial {
  /// What tells the trial from others of its sweep, by a table of settings.
  func values(of distinctions: [Distinction], _ settings: [Setting]) -> [IndexRow.SweptSetting] {
    distinctions.compactMap { distinction in
      settings.first { $0.name == distinction.setting }.flatMap { distinction.value(in: $0.value(self)) }
        .map { IndexRow.SweptSetting(distinction.name, $0.columnValue) }
    }
  }
}

extension Regimen {
  /// What a trial says of its trainings.
  /// - Throws: `PlanError` where settings do not go together, `BudgetError`.
  convenience init(
    _ trial: Trial, _ network: Network, _ data: TaskData, start: StartWeights? = nil
  ) throws {
    let perEpoch = data.stepsPerEpoch(batchSize: trial.batchSize)
    let examples = data.stepsPerEpoch(batchSize: 1)
    guard perEpoch > 0 else { throw PlanError.batchSize(trial.batchSize, examples) }
    let total = try trial.training.iterations(perEpoch: perEpoch, of: nil)
    if trial.evaluation == .iterations(0) || trial.evaluation == .epochs(0) || trial.evaluation == .share(0) {
      throw PlanError.noEvaluation
    }
    self.init(
      model: network, data: data, optimizer: trial.optimizer, learningRate: trial.learningRate,
      loss: trial.loss, stop: trial.stop, clipping: trial.clipping, batchSize: trial.batchSize, total: total,
      evaluationInterval: max(1, try trial.evaluation.iterations(perEpoch: perEpoch, of: total)),
      execution: trial.execution, seed: trial.seed, start: start)
  }
}

extension Specification.Value {
  /// The value in a column of the index.
  fileprivate var columnValue: ColumnValue {
    switch self {
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .component(let component): .text(component.description)
    default: .text(description)
    }
  }
}

extension Specification {
  /// A model as a person writes it.
  var withoutInitializer: Specification {
    Specification(name, version: version, fields.filter { $0.name != "initializer" })
  }
}
