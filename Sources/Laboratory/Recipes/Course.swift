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
  /// How many weights coupled units leave at least.
  private let leastSurvivors: Int
  /// What learns masks in the first training; `nil` where nothing does.
  let learning: MaskLearning?

  private(set) var graph = StageGraph()
  /// The stage with the network as it stands; `nil` before the first training.
  private(set) var network: StageKey?
  /// The first training.
  private(set) var dense: StageKey?
  /// The stage with the masks so far.
  private(set) var masks: StageKey?
  /// How often the network was pruned.
  private(set) var prunings = 0
  /// Whether trainings run on the smaller network that masks leave.
  private(set) var isCompacting: Bool
  /// Whether the network was measured with masks that its training has learned: then it may be trained again as it is.
  private var isLearned = false
  /// The stage with the network before the first pruning since it was trained last; `nil` where it was not pruned since.
  private var unpruned: StageKey?
  /// What repairs the network before it is trained on, in order.
  private var repairs: [Repair] = []
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
    structure: NetworkStructure, prunable: [PrunableLayer], learning: MaskLearning? = nil
  ) throws {
    self.learning = learning
    self.trial = trial
    isCompacting = trial.compaction == .afterPruning
    self.regimen = regimen
    self.retraining = retraining
    self.wanted = Set(wanted)
    self.pruner = pruner
    self.structure = structure
    self.prunable = prunable
    let shapes = Dictionary(
      regimen.model.declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    leastSurvivors = try pruner.leastSurvivors(among: regimen.model.layers, structure: structure) {
      shapes[$0]
    }
    forecast = Forecast(
      prunable,
      pools: try pruner.pools(among: regimen.model.layers, structure: structure) { shapes[$0] })
  }

  private var scoring: ScoringData { ScoringData(batch: trial.scoringBatch, count: trial.scoringBatches) }

  /// Adds a stage, unless it is there already.
  mutating func add(_ stage: some Stage) -> StageKey { graph.add(stage) }

  // MARK: What the steps of a recipe ask for

  /// The step `train` of a recipe: the whole training from the initial weights, with the trial's dynamics or its learned mask in it.
  mutating func train() throws {
    guard network == nil else { throw RecipeError.notFirst }
    if let learning, learning.mask.makesMasks { return try learn(learning) }
    guard trial.dynamics != .none else {
      let training = add(whole)
      (network, dense, position) = (training, training, regimen.total)
      isMeasured = true
      try decide(training)
      return report([(.training, training)])
    }
    let moves = MaskMoves(
      trial.dynamics, pruner: pruner, structure: structure, ratio: trial.sparsity, scoring: scoring,
      prunable: prunable)
    // A dynamics that cannot work with this training says so now.
    try trial.dynamics.check(pruner, prunable, structure)
    _ = try moves.isDue(0, regimen.total, regimen)
    try checkMoves()
    try forecast.prune(to: .sparsity(trial.sparsity ?? 0), by: trial.allocation)
    let training = add(
      TrainingStage(
        regimen, source: .fresh(draw: 0), moves: moves, steps: regimen.total,
        density: 1 - forecast.sparsity / 2))
    (network, dense, position, masks) = (training, training, regimen.total, training)
    // One pruning, spread over the training.
    (prunings, lastRemoval, isMeasured) = (1, 1, true)
    // A control of it is trained from the initial weights for as long, under the masks that it came to.
    let ticket = Control.Ticket(
      network: training, masks: training,
      retraining: RetrainingPlan(rewindStep: 0, learningRateStep: 0, iterations: regimen.total),
      firstStep: 0, density: 1 - forecast.sparsity, repairs: [])
    report(
      try trial.control.replace?(&self, ticket) ?? [(.masks, training), (.training, training)], isOwn: true)
  }

  /// The training from the initial weights to the end, with the penalty of a learned mask that makes no masks.
  private var whole: TrainingStage {
    TrainingStage(regimen, source: .fresh(draw: 0), learning: penalty, steps: regimen.total)
  }

  /// A learned mask that makes no masks and only adds a penalty to the dense training.
  private var penalty: MaskLearning? { learning.flatMap { $0.mask.makesMasks ? nil : $0 } }

  /// The whole training with a learned mask: one pruning, spread over the training.
  private mutating func learn(_ learning: MaskLearning) throws {
    if let ratio = learning.ratio { try forecast.prune(to: .sparsity(ratio), by: trial.allocation) }
    let training = add(
      TrainingStage(regimen, source: .fresh(draw: 0), learning: learning, steps: regimen.total))
    (network, dense, position, masks) = (training, training, regimen.total, training)
    (prunings, isMeasured, isLearned) = (1, true, true)
    report([(.masks, training), (.training, training)], isOwn: true)
  }

  /// The step `train(until:)` of a recipe: the first steps of the dense training, made to be pruned.
  mutating func train(until step: Budget) throws {
    guard network == nil else { throw RecipeError.notFirst }
    if let learning, learning.mask.makesMasks { throw PlanError.learnedMaskCutShort(learning.mask) }
    let step = try step.steps(total: regimen.total, perEpoch: regimen.perEpoch)
    guard step < regimen.total else { throw RecipeError.untilTheEnd(step, total: regimen.total) }
    network = add(start(step))
    (dense, position) = (network, step)
  }

  /// The step `prune` of a recipe: one pruning of the network as it stands.
  mutating func prune(to target: PruningTarget) throws {
    try measureRepaired()
    guard let network else { throw RecipeError.untrained("prune") }
    // How many weights a learned mask leaves without a ratio, only its training says.
    let isForeseen = learning?.mask.makesMasks != true || learning?.ratio != nil
    let aims =
      trial.granularity == .weight || masks == nil || !isForeseen ? nil : forecast.layers.map(\.survivors)
    let quota = try pruner.quota(for: forecast.layers, target: target)
    try pruner.checkReach(
      quota.total, least: leastSurvivors, of: forecast.layers, largest: forecast.largestUnit)
    let removesNothing = try forecast.prune(to: target, by: trial.allocation)
    (prunings, isMeasured, isLearned) = (prunings + 1, false, false)
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
    if unpruned == nil { unpruned = network }
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
    try trial.dynamics.forEachMove(total: regimen.total, perEpoch: regimen.perEpoch) { moment in
      if let target = try trial.dynamics.target(at: moment, ratio: trial.sparsity) {
        _ = try pruner.quota(for: prunable, target: target)
      }
    }
  }

  /// The step `repair` of a recipe: what sets the pruned network right before the training that follows, or in place of it.
  mutating func repair(_ repair: Repair) throws {
    guard network != nil, masks != nil else { throw RecipeError.untrained("repair") }
    guard !isMeasured else { throw RecipeError.repairedLate }
    try check(repair)
    repairs.append(repair)
  }

  /// The step `compact` of a recipe: what follows is trained on the smaller network that masks leave.
  mutating func compact() throws {
    guard network != nil, masks != nil else { throw RecipeError.untrained("compact") }
    isCompacting = true
  }

  /// Refuses a repair of what the network does not have.
  func check(_ repair: Repair) throws {
    try repair.requires(RepairSetup(network: regimen.model, layers: prunable))
  }

  /// Measures a network that was repaired, where no training follows.
  mutating func measureRepaired() throws {
    if !repairs.isEmpty { try retrain(Retraining.none) }
  }

  /// The step `retrain` of a recipe: the training that follows a pruning. Its network, or a control in its place, is a round.
  mutating func retrain(_ own: Retraining?) throws {
    guard let network, let masks else { throw RecipeError.untrained("retrain") }
    // What follows a learned mask is a round of its own, with the same masks.
    if isLearned { (prunings, isMeasured, isLearned) = (prunings + 1, false, false) }
    guard !isMeasured else { throw RecipeError.retrainedTwice }
    let plan = try own?.plan(total: regimen.total, perEpoch: regimen.perEpoch) ?? retraining
    if plan.iterations == 0, trial.control != .none, trial.control.isTrained {
      throw PlanError.untrainedControl(trial.control)
    }
    if trial.repair != .none {
      try check(trial.repair)
      repairs.append(trial.repair)
    }
    if plan.rewindStep != nil, let repair = repairs.first {
      throw PlanError.repairWithRewind(repair, own ?? trial.retraining)
    }
    if plan.rewindStep != nil, trial.retrainingRate.takesChange {
      throw PlanError.rateWithRewind(trial.retrainingRate, own ?? trial.retraining)
    }
    retrainings.append(own ?? trial.retraining)
    let before = retrainedMasks
    (isInVain, retrainedMasks) = (masks == before, masks)
    isMeasured = true
    let ticket = Control.Ticket(
      network: network, masks: masks, retraining: plan, firstStep: plan.rewindStep ?? position,
      density: 1 - forecast.sparsity, repairs: repairs)
    var training = retrained(ticket, from: network, masks: masks)
    // Where units are of several sizes, only the pruning itself shows that it removed nothing.
    if plan.rewindStep != nil, let before, !isInVain {
      let twin = retrained(ticket, from: network, masks: before).key
      if graph[twin] != nil { training.twin = TrainingStage.Twin(training: twin, masks: before) }
    }
    let key = add(training)
    (self.network, unpruned, repairs) = (key, nil, [])
    position = ticket.firstStep + plan.iterations
    try decide(key)
    guard let replace = trial.control.replace else { return report([(.masks, masks), (.training, key)]) }
    report(try replace(&self, ticket))
  }

  /// The training that a retraining of a network stands for, under masks, behind the ticket's repairs. The retraining says which
  /// weights it begins with.
  ///
  /// - Parameter freezesPruned: whether pruned weights are frozen at their initial values in place of 0.
  mutating func retrained(
    _ ticket: Control.Ticket, from network: StageKey?, masks: StageKey?, freezesPruned: Bool = false
  ) -> TrainingStage {
    let plan = ticket.retraining
    // The ticket's own network may have been moved by its pruning; that of a control is as it was.
    let before = network == self.network ? unpruned ?? network : network
    let source: TrainingStage.Source
    switch (plan.rewindStep, network) {
    case (nil, let network?):
      source = .weights(of: repaired(network, comparedWith: before ?? network, masks, by: ticket.repairs))
    case (let step?, _) where step > 0: source = .weights(of: add(start(step)))
    default: source = .fresh(draw: 0)
    }
    let rate = plan.iterations == 0 ? RetrainingRate.own : trial.retrainingRate
    var training = TrainingStage(
      regimen, source: source, masks: masks, freezesPruned: freezesPruned, firstStep: ticket.firstStep,
      steps: plan.iterations, learningRateStep: rate.learningRateStep(of: plan),
      rate: rate.course(from: before), isCompacted: isCompacting && masks != nil && !freezesPruned,
      density: masks == nil || freezesPruned ? 1 : ticket.density)
    training.rewindStep = plan.rewindStep
    return training
  }

  /// The stage with a network after some repairs; its own where there are none, or nothing is pruned.
  private mutating func repaired(
    _ network: StageKey, comparedWith reference: StageKey, _ masks: StageKey?, by repairs: [Repair]
  ) -> StageKey {
    guard let masks else { return network }
    return repairs.reduce(network) { network, repair in
      add(
        RepairStage(
          regimen, of: network, masks: masks, comparedWith: reference, by: repair, batch: trial.scoringBatch))
    }
  }

  /// The first steps of the dense training: made once for all trials that go back to them, and not measured. Where the dense
  /// training is made as well, it leaves them on its way.
  private func start(_ step: Int) -> TrainingStage {
    TrainingStage(
      regimen, source: .fresh(draw: 0), learning: penalty, steps: step, isMeasured: false, within: whole.key)
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
    // What nobody asked for has no number.
    let isAsked = learning?.mask.makesMasks != true || learning?.ratio != nil || forecast.sparsity > 0
    let hasTicket = prunings > 0 && trial.control != .none && trial.control.isTrained && !isLearned
    rounds.append(
      Round(
        index: prunings, stages: stages, requestedSparsity: isAsked ? forecast.sparsity : .nan,
        isInVain: isInVain, ticketSteps: hasTicket ? position : nil
      ))
  }
}
