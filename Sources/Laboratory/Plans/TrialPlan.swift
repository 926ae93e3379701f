import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// A trial taken apart into stages: what must be computed, and which of it each round's results are.
package struct TrialPlan: Sendable {
  /// One round whose results are reported. Round k has had k prunings.
  package struct Round: Sendable {
    package let index: Int
    /// The stage whose masks the round was trained under; `nil` for the dense training.
    package let masks: StageKey?
    /// The stage with the round's network.
    package let training: StageKey
    /// The sparsity the schedule and the allocation ask for, 0…1.
    package let requestedSparsity: Double
  }

  package let trial: Trial
  package let setting: TrainingSetting
  /// The reported rounds in order, the dense training first; the last one is the trial's result, and all are where the
  /// schedule is a ladder.
  package let rounds: [Round]
  /// The sparsity at the end, 0…1.
  package let targetSparsity: Double
  /// Where rewinding goes back to, in steps of the dense training.
  package let rewindStep: Int?
  /// The stages that the rounds need, parents before children.
  package let stages: [any Stage]
  /// The identity of the trial's file.
  package let key: StageKey
  /// The name of its file and in tables: the settings that matter to a reader, and the start of the key.
  package let name: String

  /// Plans a trial, reading its data set.
  ///
  /// - Throws: what is wrong with the settings, as `ExperimentError.trial`; `DatasetError` where data are missing.
  package init(_ trial: Trial, _ library: DataLibrary) throws {
    try self.init(trial, library, KnownNetworks())
  }

  /// Plans a trial whose model others may have traced before.
  init(_ trial: Trial, _ library: DataLibrary, _ models: KnownNetworks) throws {
    let data = try library.data(trial.dataset, seed: trial.seed)
    do {
      self = try Self.plan(trial, data, models)
    } catch {
      throw ExperimentError.trial(Self.label(trial), problem: "\(error)")
    }
  }

  private init(
    trial: Trial, setting: TrainingSetting, rounds: [Round], targetSparsity: Double, rewindStep: Int?,
    stages: [any Stage]
  ) {
    self.trial = trial
    self.setting = setting
    self.rounds = rounds
    self.targetSparsity = targetSparsity
    self.rewindStep = rewindStep
    self.stages = stages
    key = StageKey(
      Specification(
        "trial", version: 1,
        [
          ("settings", .component(trial.specification)),
          ("rounds", .list(rounds.flatMap { [$0.training.value, $0.masks?.value ?? .none] })),
        ]))
    // The name of a file: what a user's own components are called may hold anything.
    let label = Self.label(trial).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
    name = "\(String(label))-\(key.short)"
  }

  private static func plan(_ trial: Trial, _ data: TaskData, _ models: KnownNetworks) throws -> TrialPlan {
    let model = try models.model(trial, data.interface)
    let perEpoch = data.stepsPerEpoch(batchSize: trial.batchSize)
    let examples = data.stepsPerEpoch(batchSize: 1)
    guard perEpoch > 0 else { throw PlanError.batchSize(trial.batchSize, examples) }
    guard trial.scoringBatch > 0 else { throw PlanError.scoringBatch(trial.scoringBatch) }
    let total = try trial.training.iterations(perEpoch: perEpoch, of: nil)
    if trial.evaluation == .iterations(0) || trial.evaluation == .epochs(0) || trial.evaluation == .share(0) {
      throw PlanError.noEvaluation
    }
    let setting = TrainingSetting(
      model: model, data: data, optimizer: trial.optimizer, learningRate: trial.learningRate,
      clipping: trial.clipping, batchSize: trial.batchSize, total: total,
      evaluationInterval: max(1, try trial.evaluation.iterations(perEpoch: perEpoch, of: total)),
      execution: trial.execution, seed: trial.seed)
    let prunable = try trial.allocation.prunable(among: model.fullMasks)
    let forecast = try Forecast(
      schedule: trial.schedule, allocation: trial.allocation, ratio: trial.sparsity, layers: prunable.layers)
    let last = trial.schedule.rounds
    // Where nothing is pruned and nothing trained again, every round is the dense training, and is told once.
    let isDense = trial.sparsity == 0 && trial.retraining == .none
    let wanted = trial.rounds ?? (isDense ? [0] : Array(0...last))
    if let round = wanted.first(where: { !(0...last).contains($0) }) {
      throw PlanError.noSuchRound(round, last)
    }
    let retraining = try trial.retraining.plan(total: total, perEpoch: perEpoch)
    if retraining.iterations == 0, trial.control != .none { throw PlanError.untrainedControl(trial.control) }

    var ladder = Ladder(trial: trial, setting: setting, retraining: retraining)
    var rounds = [Round(index: 0, masks: nil, training: ladder.dense.key, requestedSparsity: 0)]
    for index in 1...last {
      let (masks, training) = try ladder.climb(to: index, density: 1 - forecast.sparsities[index])
      guard wanted.contains(index) else { continue }
      rounds.append(
        Round(
          index: index, masks: masks, training: training, requestedSparsity: forecast.sparsities[index]))
    }
    return TrialPlan(
      trial: trial, setting: setting, rounds: rounds, targetSparsity: forecast.sparsities[last],
      rewindStep: retraining.rewindStep, stages: ladder.stages(neededBy: rounds))
  }

  /// The values of some settings, as the index has them.
  func settings(_ names: [String]) -> [IndexRow.Setting] {
    names.compactMap { name in
      (try? Settings.named(name)).map { IndexRow.Setting(name, $0.value(trial).columnValue) }
    }
  }

  /// `magnitude-lottery-ticket-random-reinit-0.9-seed0`: enough for a person to find a trial.
  private static func label(_ trial: Trial) -> String {
    var parts = [trial.criterion.name, trial.schedule.name]
    if trial.retraining != .none { parts.append(trial.retraining.name) }
    if trial.control != .none { parts.append(trial.control.rawValue) }
    if let sparsity = trial.sparsity { parts.append("\(sparsity)") }
    if trial.sparsity == 0 {
      parts = trial.retraining == .none ? ["dense"] : ["dense", trial.retraining.name]
    }
    return (parts + ["seed\(trial.seed)"]).joined(separator: "-")
  }
}

/// The stages of a trial as its schedule goes from round to round.
private struct Ladder {
  let trial: Trial
  let setting: TrainingSetting
  let retraining: RetrainingPlan
  let dense: TrainingStage
  private var known: [StageKey: any Stage] = [:]
  private var order: [StageKey] = []
  private var pruning: StageKey?
  private var training: StageKey
  private var controlTraining: StageKey
  private let start: TrainingStage?

  init(trial: Trial, setting: TrainingSetting, retraining: RetrainingPlan) {
    self.trial = trial
    self.setting = setting
    self.retraining = retraining
    dense = TrainingStage(setting, source: .fresh(draw: 0), steps: setting.total)
    training = dense.key
    controlTraining = dense.key
    // Weights to rewind to are made by the first steps of the dense training, once for all trials that need them; step 0
    // needs none.
    start = retraining.rewindStep.flatMap { step in
      step == 0
        ? nil : TrainingStage(setting, source: .fresh(draw: 0), steps: step, isMeasured: false)
    }
    add(dense)
    if let start { add(start) }
  }

  /// Prunes the last round's network and trains what is left. Gives the masks and the training that stand for the round in
  /// the results: the ticket's, or the control's in its place. `density` is what the forecast expects to be left.
  mutating func climb(to round: Int, density: Double) throws -> (masks: StageKey, training: StageKey) {
    let prune = PruningStage(
      setting, of: training, masks: pruning,
      pruner: Pruner(
        criterion: trial.criterion, granularity: trial.granularity, allocation: trial.allocation),
      target: try trial.schedule.target(ofRound: round, ratio: trial.sparsity),
      scoringBatch: trial.scoringBatch)
    let ticket = retrained(from: training, masks: prune.key, density: density)
    add(prune)
    add(ticket)
    (pruning, training) = (prune.key, ticket.key)
    switch trial.control {
    case .none: return (prune.key, ticket.key)
    case .randomReinitialisation:
      // Fresh weights have had no steps yet: the control makes all the steps the ticket has had, and never fewer. Rewound
      // weights have had the first steps of the dense training and one retraining, others the dense training and those of
      // every round.
      let steps = setting.total + (retraining.rewindStep == nil ? round * retraining.iterations : 0)
      let control = TrainingStage(
        setting, source: .fresh(draw: round), masks: prune.key, steps: steps, density: density)
      add(control)
      return (prune.key, control.key)
    case .randomMask:
      // Where weights are not rewound the control goes on from its own last round, whose masks hold those of this one: in
      // the ticket's network some of them are pruned already.
      let random = RandomMaskStage(setting, like: prune.key, granularity: trial.granularity)
      let control = retrained(from: controlTraining, masks: random.key, density: density)
      add(random)
      add(control)
      controlTraining = control.key
      return (random.key, control.key)
    }
  }

  private func retrained(from network: StageKey, masks: StageKey, density: Double) -> TrainingStage {
    let source: TrainingStage.Source =
      retraining.rewindStep == nil ? .end(of: network) : start.map { .end(of: $0.key) } ?? .fresh(draw: 0)
    return TrainingStage(
      setting, source: source, masks: masks,
      firstStep: retraining.rewindStep ?? retraining.learningRateStep ?? setting.total,
      steps: retraining.iterations, learningRateStep: retraining.learningRateStep, density: density)
  }

  private mutating func add(_ stage: any Stage) {
    if known.updateValue(stage, forKey: stage.key) == nil { order.append(stage.key) }
  }

  /// The stages that some rounds need, in order.
  func stages(neededBy rounds: [TrialPlan.Round]) -> [any Stage] {
    var needed: Set<StageKey> = []
    var open = rounds.flatMap { [$0.training] + ($0.masks.map { [$0] } ?? []) }
    while let key = open.popLast() {
      if needed.insert(key).inserted { open += known[key]?.parents ?? [] }
    }
    return order.filter(needed.contains).compactMap { known[$0] }
  }
}

/// Settings that do not go together.
package enum PlanError: Error, Hashable, CustomStringConvertible {
  case batchSize(Int, Int)
  case scoringBatch(Int)
  case noSuchRound(Int, Int)
  case untrainedControl(Control)
  case noEvaluation

  package var description: String {
    switch self {
    case .batchSize(let batch, let examples):
      "a batch of \(batch) cannot be filled from \(examples) training examples; set batch-size to 1…\(examples)"
    case .scoringBatch(let batch):
      "a criterion cannot be given the gradient of \(batch) examples; set scoring-batch to 1 or more"
    case .noSuchRound(let round, let last):
      "round \(round) is to be reported, but the schedule has rounds 0 to \(last)"
    case .noEvaluation:
      "an evaluation every 0 steps is none; set evaluation to steps (100it), epochs (1ep) or a share (0.1)"
    case .untrainedControl(let control):
      "the control \(control) needs a retraining; with retraining none there is nothing to compare"
    }
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
