import CoppicePruning
import CoppiceTerms

/// A trial while its recipe unrolls: where its network stands, and the stages asked for so far.
package struct Course {
  package let trial: Trial
  package let regimen: Regimen
  /// The trial's own retraining in steps.
  let retraining: RetrainingPlan
  /// The rounds that are reported beside round 0.
  let wanted: Set<Int>

  private(set) var graph = StageGraph()
  /// The stage with the network as it stands; `nil` before the first training.
  private(set) var network: StageKey?
  /// The first training.
  private(set) var dense: StageKey?
  /// The stage with the masks so far.
  private(set) var masks: StageKey?
  /// How often the network was pruned.
  private(set) var prunings = 0
  /// Optimizer steps the network has had, where it was never rewound.
  private(set) var stepsMade = 0
  /// The last training of a control that goes on from its own network.
  var controlled: StageKey?
  private(set) var forecast: Forecast
  private(set) var rounds: [Round] = []

  init(_ trial: Trial, _ regimen: Regimen, retraining: RetrainingPlan, wanted: [Int], forecast: Forecast) {
    self.trial = trial
    self.regimen = regimen
    self.retraining = retraining
    self.wanted = Set(wanted)
    self.forecast = forecast
  }

  /// Adds a stage, unless it is there already.
  mutating func add(_ stage: some Stage) -> StageKey { graph.add(stage) }

  // MARK: What the steps of a recipe ask for

  /// The whole training from the initial weights, with the trial's dynamics in it.
  mutating func train() throws {
    guard network == nil else { throw RecipeError.notFirst }
    let training = TrainingStage(regimen, source: .fresh(draw: 0), steps: regimen.total)
    (network, dense, stepsMade) = (add(training), training.key, regimen.total)
    report([(.training, training.key)])
  }

  /// The first steps of the dense training, made to be pruned.
  mutating func train(until step: Budget) throws {
    guard network == nil else { throw RecipeError.notFirst }
    let step = try step.steps(total: regimen.total, perEpoch: regimen.perEpoch)
    network = add(start(step))
    (dense, stepsMade) = (network, step)
  }

  /// One pruning of the network as it stands.
  mutating func prune(to target: PruningTarget) throws {
    guard let network else { throw RecipeError.untrained("prune") }
    try forecast.prune(to: target, by: trial.allocation)
    let pruning = PruningStage(
      regimen, of: network, masks: masks,
      pruner: Pruner(
        criterion: trial.criterion, granularity: trial.granularity, allocation: trial.allocation),
      target: target, scoringBatch: trial.scoringBatch)
    masks = add(pruning)
    prunings += 1
  }

  /// The training that follows a pruning; its network, or a control in its place, is a round.
  mutating func retrain(_ own: Retraining?) throws {
    guard let network, let masks else { throw RecipeError.untrained("retrain") }
    let plan = try own?.plan(total: regimen.total, perEpoch: regimen.perEpoch) ?? retraining
    let density = 1 - forecast.sparsity
    let ticket = add(retrained(plan, from: network, masks: masks, density: density))
    self.network = ticket
    stepsMade += plan.iterations
    guard let replace = trial.control.replace else { return report([(.masks, masks), (.training, ticket)]) }
    report(try replace(&self, Control.Ticket(masks: masks, retraining: plan, density: density)))
  }

  /// The stage of a retraining of a network, from where the retraining says.
  mutating func retrained(
    _ plan: RetrainingPlan, from network: StageKey?, masks: StageKey, density: Double
  ) -> TrainingStage {
    let source: TrainingStage.Source
    switch (plan.rewindStep, network) {
    case (nil, let network?): source = .weights(of: network)
    case (let step?, _) where step > 0: source = .weights(of: add(start(step)))
    default: source = .fresh(draw: 0)
    }
    return TrainingStage(
      regimen, source: source, masks: masks,
      firstStep: plan.rewindStep ?? plan.learningRateStep ?? regimen.total, steps: plan.iterations,
      learningRateStep: plan.learningRateStep, density: density)
  }

  /// The first steps of the dense training: made once for all trials that go back to them, and not measured.
  private func start(_ step: Int) -> TrainingStage {
    TrainingStage(regimen, source: .fresh(draw: 0), steps: step, isMeasured: false)
  }

  private mutating func report(_ stages: [(role: Round.Role, key: StageKey)]) {
    guard prunings == 0 || wanted.contains(prunings) else { return }
    rounds.append(Round(index: prunings, stages: stages, requestedSparsity: forecast.sparsity))
  }
}

/// A recipe whose steps cannot be taken.
package enum RecipeError: Error, Hashable, CustomStringConvertible {
  case notFirst
  case untrained(String)
  case noRound

  package var description: String {
    switch self {
    case .notFirst:
      "train stands in the middle of the recipe, and a network is trained from its initial weights once: "
        + "put it first, and use retrain behind a prune"
    case .untrained(let step):
      "\(step) stands in the recipe before there is a network to take: begin with train, and put a prune before a retrain"
    case .noRound: "the recipe ends without a network that is measured: end it with train or retrain"
    }
  }
}
