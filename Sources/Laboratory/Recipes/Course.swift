import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// A trial while its recipe unrolls: where its network stands, and the stages asked for so far.
package struct Course {
  package let trial: Trial
  package let regimen: Regimen
  /// The trial's own retraining in steps.
  let retraining: RetrainingPlan
  /// The rounds that are reported beside round 0.
  let wanted: Set<Int>
  let pruner: Pruner
  /// What the granularity makes units from.
  let structure: NetworkStructure
  /// The layers that are pruned, whole.
  let prunable: [PrunableLayer]

  private(set) var graph = StageGraph()
  /// The stage with the network as it stands; `nil` before the first training.
  private(set) var network: StageKey?
  /// The first training.
  private(set) var dense: StageKey?
  /// The stage with the masks so far.
  private(set) var masks: StageKey?
  /// How often the network was pruned.
  private(set) var prunings = 0
  /// The last pruning that is not known to have removed nothing.
  private(set) var lastRemoval = 0
  /// Optimizer steps the network as it stands has had; a rewind takes some back. Batches go on from here.
  private(set) var position = 0
  /// The last training of a control that goes on from its own network.
  var controlled: StageKey?
  private(set) var forecast: Forecast
  private(set) var rounds: [Round] = []
  /// The retrainings so far, in order.
  private(set) var retrainings: [Retraining] = []
  /// The masks of the last retraining, and whether those of this one are the same.
  private var retrainedMasks: StageKey?
  private var isInVain = false
  /// Whether the network as it stands has been measured.
  private(set) var isMeasured = false
  /// The trainings of the ladder so far, where a rule may end it.
  private var ladder: [StageKey] = []
  /// The decision that the ladder goes on.
  private var decision: StageKey?

  init(
    _ trial: Trial, _ regimen: Regimen, retraining: RetrainingPlan, wanted: [Int], pruner: Pruner,
    structure: NetworkStructure, prunable: [PrunableLayer]
  ) throws {
    self.trial = trial
    self.regimen = regimen
    self.retraining = retraining
    self.wanted = Set(wanted)
    self.pruner = pruner
    self.structure = structure
    self.prunable = prunable
    let shapes = Dictionary(
      regimen.model.declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    forecast = Forecast(
      prunable,
      pools: try pruner.pools(among: regimen.model.layers, structure: structure) { shapes[$0] })
  }

  private var scoring: ScoringData { ScoringData(batch: trial.scoringBatch, count: trial.scoringBatches) }

  /// Adds a stage, unless it is there already.
  mutating func add(_ stage: some Stage) -> StageKey { graph.add(stage) }

  // MARK: What the steps of a recipe ask for

  /// The step `train` of a recipe: the whole training from the initial weights, with the trial's dynamics in it.
  mutating func train() throws {
    guard network == nil else { throw RecipeError.notFirst }
    guard trial.dynamics != .none else {
      let training = add(TrainingStage(regimen, source: .fresh(draw: 0), steps: regimen.total))
      (network, dense, position) = (training, training, regimen.total)
      isMeasured = true
      try decide(training)
      return report([(.training, training)])
    }
    let moves = MaskMoves(
      trial.dynamics, pruner: pruner, structure: structure, ratio: trial.sparsity, scoring: scoring,
      prunable: prunable)
    // A dynamics that cannot work with this training says so now.
    _ = try moves.isDue(0, regimen.total, regimen)
    try checkMoves()
    try forecast.prune(to: .sparsity(trial.sparsity ?? 0), by: trial.allocation)
    let training = add(
      TrainingStage(
        regimen, source: .fresh(draw: 0), moves: moves, steps: regimen.total,
        density: 1 - forecast.sparsity / 2))
    (network, dense, position, masks) = (training, training, regimen.total, training)
    // One pruning, spread over the training.
    (prunings, isMeasured) = (1, true)
    report([(.masks, training), (.training, training)], isOwn: true)
  }

  /// The step `train(until:)` of a recipe: the first steps of the dense training, made to be pruned.
  mutating func train(until step: Budget) throws {
    guard network == nil else { throw RecipeError.notFirst }
    let step = try step.steps(total: regimen.total, perEpoch: regimen.perEpoch)
    guard step < regimen.total else { throw RecipeError.untilTheEnd(step, total: regimen.total) }
    network = add(start(step))
    (dense, position) = (network, step)
  }

  /// The step `prune` of a recipe: one pruning of the network as it stands.
  mutating func prune(to target: PruningTarget) throws {
    guard let network else { throw RecipeError.untrained("prune") }
    let aims = trial.granularity == .weight || masks == nil ? nil : forecast.layers.map(\.survivors)
    _ = try pruner.quota(for: forecast.layers, target: target)
    let removesNothing = try forecast.prune(to: target, by: trial.allocation)
    (prunings, isMeasured) = (prunings + 1, false)
    // The masks stay, and what is the same training under them has the same key. A ladder that may end has decisions between rounds.
    if removesNothing, masks != nil, !trial.criterion.movesSurvivors, trial.stop.scope != .ladder { return }
    lastRemoval = prunings
    let evidence = pruner.needs.evidence.map { measure($0, of: network) }
    let sensitivity = pruner.needs.sensitivity ? measureSensitivity(of: network) : nil
    let pruning = PruningStage(
      regimen, of: network, masks: masks, pruner: pruner, structure: structure, target: target,
      from: aims, evidence: evidence, scores: score(network, by: evidence), scoring: scoring,
      sensitivity: sensitivity, decision: decision)
    masks = add(pruning)
    // A criterion that moves survivors leaves weights of its own.
    if trial.criterion.movesSurvivors { self.network = pruning.key }
  }

  /// The stage of an evidence on the network as it stands, and those of what the evidence is given.
  private mutating func measure(_ evidence: Evidence, of network: StageKey) -> StageKey {
    let given = evidence.given.map { measure($0, of: network) }
    return add(
      EvidenceStage(
        regimen, of: network, masks: masks, evidence: evidence, scoring: scoring, given: given))
  }

  /// The stage of the criterion's scores of the network as it stands; `nil` where the pruning scores by itself.
  /// - Parameter evidence: the stages of what the criterion asks for, in its order, before those that only the allocation does.
  private mutating func score(_ network: StageKey, by evidence: [StageKey]) -> StageKey? {
    let criterion = trial.criterion
    guard ScoreStage.isMade(for: criterion) else { return nil }
    return add(
      ScoreStage(
        regimen, of: network, masks: masks, criterion: criterion, structure: structure,
        evidence: Array(evidence.prefix(criterion.needs.evidence.count))))
  }

  /// The stage of the loss of the network as it stands with one layer at a time pruned.
  private mutating func measureSensitivity(of network: StageKey) -> StageKey {
    add(
      SensitivityStage(
        regimen, of: network, masks: masks, granularity: trial.granularity, structure: structure,
        ignoring: trial.allocation.ignoring, scoring: scoring))
  }

  /// Refuses a dynamics on whose way a pattern is asked for what it does not keep.
  private func checkMoves() throws {
    guard trial.granularity.pattern != nil else { return }
    for step in 0...regimen.total {
      let moment = DynamicsMoment(step: step, total: regimen.total, perEpoch: regimen.perEpoch)
      if let target = try trial.dynamics.target(at: moment, ratio: trial.sparsity) {
        _ = try pruner.quota(for: prunable, target: target)
      }
    }
  }

  /// The step `retrain` of a recipe: the training that follows a pruning. Its network, or a control in its place, is a round.
  mutating func retrain(_ own: Retraining?) throws {
    guard let network, let masks else { throw RecipeError.untrained("retrain") }
    guard !isMeasured else { throw RecipeError.retrainedTwice }
    let plan = try own?.plan(total: regimen.total, perEpoch: regimen.perEpoch) ?? retraining
    if plan.iterations == 0, trial.control != .none { throw PlanError.untrainedControl(trial.control) }
    retrainings.append(own ?? trial.retraining)
    let before = retrainedMasks
    (isInVain, retrainedMasks) = (masks == before, masks)
    isMeasured = true
    let ticket = Control.Ticket(
      masks: masks, retraining: plan, firstStep: plan.rewindStep ?? position, density: 1 - forecast.sparsity)
    var training = retrained(ticket, from: network, masks: masks)
    // Where units are of several sizes, only the pruning itself shows that it removed nothing.
    if plan.rewindStep != nil, let before, !isInVain {
      let twin = retrained(ticket, from: network, masks: before).key
      if graph[twin] != nil { training.twin = TrainingStage.Twin(training: twin, masks: before) }
    }
    let key = add(training)
    self.network = key
    position = ticket.firstStep + plan.iterations
    try decide(key)
    guard let replace = trial.control.replace else { return report([(.masks, masks), (.training, key)]) }
    report(try replace(&self, ticket))
  }

  /// The training that a retraining of a network stands for, under masks. The retraining says which weights it begins with.
  mutating func retrained(
    _ ticket: Control.Ticket, from network: StageKey?, masks: StageKey
  ) -> TrainingStage {
    let plan = ticket.retraining
    let source: TrainingStage.Source
    switch (plan.rewindStep, network) {
    case (nil, let network?): source = .weights(of: network)
    case (let step?, _) where step > 0: source = .weights(of: add(start(step)))
    default: source = .fresh(draw: 0)
    }
    return TrainingStage(
      regimen, source: source, masks: masks, firstStep: ticket.firstStep, steps: plan.iterations,
      learningRateStep: plan.learningRateStep, density: ticket.density)
  }

  /// The first steps of the dense training: made once for all trials that go back to them, and not measured. Where the dense
  /// training is made as well, it leaves them on its way.
  private func start(_ step: Int) -> TrainingStage {
    TrainingStage(
      regimen, source: .fresh(draw: 0), steps: step, isMeasured: false,
      within: TrainingStage(regimen, source: .fresh(draw: 0), steps: regimen.total).key)
  }

  /// Lets the trial's stop rule decide, after a training of the ladder, whether the next round is made.
  private mutating func decide(_ training: StageKey) throws(PlanError) {
    guard trial.stop.scope == .ladder else { return }
    if ladder.isEmpty, masks != nil { throw .ladderWithoutDense(trial.stop) }
    ladder.append(training)
    decision = add(DecisionStage(trial.stop, rounds: ladder))
  }

  private mutating func report(_ stages: [(role: Round.Role, key: StageKey)], isOwn: Bool = false) {
    guard isOwn || prunings == 0 || wanted.contains(prunings) else { return }
    rounds.append(
      Round(
        index: prunings, stages: stages, requestedSparsity: forecast.sparsity,
        isInVain: isInVain))
  }
}

/// A recipe whose steps cannot be taken.
package enum RecipeError: Error, Hashable, CustomStringConvertible {
  case notFirst
  case untrained(String)
  case untilTheEnd(Int, total: Int)
  case retrainedTwice
  case noRound

  package var description: String {
    switch self {
    case .notFirst:
      "train stands in the middle of the recipe, and a network is trained from its initial weights once: "
        + "put it first, and use retrain behind a prune"
    case .untrained(let step):
      "\(step) stands in the recipe before there is a network to take: begin with train, and put a prune before a retrain"
    case .untilTheEnd(let step, let total):
      "train goes until step \(step), and the dense training ends after \(total): choose an earlier step, or leave out until"
    case .retrainedTwice:
      "two retrain steps stand behind one prune, and a round has one result: put a prune between them, or leave one out"
    case .noRound: "the recipe ends without a network that is measured: end it with train or retrain"
    }
  }
}

extension RecipeError: ReportedError {
  /// A recipe that cannot be followed.
  package var exitCode: FailureCode { .usage }
}
