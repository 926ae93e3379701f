import CoppicePruning
import CoppiceTerms

extension Course {
  /// The step `train` of a recipe: the whole training from the initial weights, with the trial's dynamics or its learned mask in it.
  mutating func train() throws {
    guard network == nil else { throw RecipeError.notFirst }
    if let learning, learning.mask.makesMasks { return try learn(learning) }
    guard trial.dynamics != .none else {
      if trial.stop.scope == .search {
        drawing = try MaskDrawing(trial.stop, by: pruner, structure, to: firstTarget, prunable, regimen)
      }
      let training = add(whole)
      (network, dense, position) = (training, training, regimen.total)
      isSpared = drawing != nil
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
        regimen, source: .fresh(draw: 0), moves: moves, steps: regimen.total, keepsMoments: keepsMoments,
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
  var whole: TrainingStage {
    TrainingStage(
      regimen, source: .fresh(draw: 0), learning: penalty, drawing: drawing, steps: regimen.total,
      keepsMoments: keepsMoments, way: .init(guide: firstGuide))
  }

  /// Whether trainings leave their moments to those that follow.
  var keepsMoments: Bool { trial.optimizerState == .kept && learning == nil }

  /// The training whose moments belong to the weights of a stage; `nil` where none are kept.
  func moments(of stage: StageKey) -> StageKey? {
    var key: StageKey? = stage
    // What stands between trainings, as a pruning that moves weights, takes the network from its first parent.
    while let current = key, let stage = graph[current] {
      if let training = stage as? TrainingStage { return training.keepsMoments ? current : nil }
      key = stage.parents.first
    }
    return nil
  }

  /// A learned mask that makes no masks and only adds a penalty to the dense training.
  var penalty: MaskLearning? { learning.flatMap { $0.mask.makesMasks ? nil : $0 } }

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
    if trial.stop.scope == .search { throw PlanError.searchCutShort(trial.stop) }
    let step = try step.steps(total: regimen.total, perEpoch: regimen.perEpoch)
    guard step < regimen.total else { throw RecipeError.untilTheEnd(step, total: regimen.total) }
    network = add(start(step))
    (dense, position) = (network, step)
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

  /// The first steps of the dense training: made once for all trials that go back to them, and not measured. Where the dense
  /// training is made as well, it leaves them on its way.
  func start(_ step: Int) -> TrainingStage {
    TrainingStage(
      regimen, source: .fresh(draw: 0), learning: penalty, steps: step, keepsMoments: keepsMoments,
      way: .init(guide: firstGuide), isMeasured: false, within: whole.key)
  }
}
