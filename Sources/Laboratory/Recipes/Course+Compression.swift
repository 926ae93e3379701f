import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

extension Course {
  /// The step `distil` of a recipe: the first training, or one behind a pruning, with a teacher.
  mutating func distil(_ loss: Loss, from teacher: DistillationTeacher, _ own: Retraining?) throws {
    try checkAlone("distil")
    guard loss.needsTeacher else { throw RecipeError.lossWithoutTeacher(loss) }
    if loss.matched != nil, isCompacting { throw RecipeError.matchedCompacted(loss) }
    if network == nil, teacher == .dense { throw RecipeError.noDenseTeacher }
    let found = try teacher.find(&self)
    let guide = try TrainingStage.Guide(loss, found.stage, found.network)
    // A teacher of another task, or a layer that is not there, is refused before anything is trained.
    _ = try regimen.model.trainingGraph(
      batch: 1, optimizer: regimen.optimizer, masked: [], loss: loss, teacher: found.network)
    guard network == nil else {
      return try retrain(own, as: RetrainingWay(step: "distil", way: .init(guide: guide)))
    }
    if own != nil { throw RecipeError.distilledFirst }
    if let learning, learning.mask.makesMasks { throw RecipeError.distilledMask(learning.mask) }
    firstGuide = guide
    try train()
  }

  /// The step `adapt` of a recipe: a training of adapters in place of weights.
  mutating func adapt(rank: Int, _ own: Retraining?) throws {
    try checkAlone("adapt")
    try checkFresh("adapt")
    guard network != nil, masks != nil else { throw RecipeError.adaptedUnpruned }
    if isCompacting { throw RecipeError.adaptedCompacted }
    if quantising?.aware != nil { throw QuantisationError.adapters }
    let adapters = TrainingStage.Adapters(rank: rank)
    _ = try adapters.rewrite(regimen.model, under: []).apply(to: regimen.model)
    try retrain(own, as: RetrainingWay(step: "adapt", way: .init(adapters: adapters)))
  }

  /// The step `average` of a recipe: the mean of several trainings.
  mutating func average(copies: Int, batches: Int, _ own: Retraining?) throws {
    try checkAlone("average")
    try checkFresh("average")
    let data = ScoringData(batch: trial.scoringBatch, count: batches)
    try retrain(own, as: RetrainingWay(step: "average", copies: copies, data: data))
    let plan = try own?.plan(total: regimen.total, perEpoch: regimen.perEpoch) ?? retraining
    if plan.iterations == 0 { throw RecipeError.averagedUntrained }
  }

  /// The step `factorise` of a recipe: from here on the network is one with products in the place of weights.
  mutating func factorise(_ factors: (Network) throws -> Factorised) throws {
    try checkAlone("factorise")
    try checkFresh("factorise")
    guard let network else { throw RecipeError.untrained("factorise") }
    guard masks == nil else { throw RecipeError.factorisedPruned }
    if isFactorised { throw RecipeError.factorisedTwice }
    if costs != nil { throw RecipeError.factorisedUnderTarget(trial.target) }
    let factorised = try factors(regimen.model)
    let smaller = regimen.with(try factorised.apply(to: regimen.model))
    self.network = add(FactoriseStage(smaller, of: network, by: factorised))
    (prunings, isMeasured, isFactorised) = (prunings + 1, false, true)
    lastRemoval = prunings
    try goOn(with: smaller)
  }

  /// The training that follows a factorisation where nothing is pruned.
  mutating func retrainFactors(_ own: Retraining?, as way: RetrainingWay) throws {
    guard isFactorised, let network else { throw RecipeError.untrained(way.step) }
    guard !isMeasured else { throw RecipeError.retrainedTwice }
    let retraining = own ?? trial.retraining
    let plan = try retraining.plan(total: regimen.total, perEpoch: regimen.perEpoch)
    if plan.rewindStep != nil { throw RecipeError.factorisedRewound(retraining) }
    if plan.completes { throw PlanError.nothingToComplete(retraining) }
    if trial.repair != .none { throw RecipeError.factorisedRepaired(trial.repair) }
    retrainings.append(retraining)
    isMeasured = true
    let rate = plan.iterations == 0 ? RetrainingRate.own : trial.retrainingRate
    if rate.takesChange { throw RecipeError.factorisedChange(rate) }
    let (regimen, first, predecessor) = (regimen, position, predecessor(.shifted))
    let trained = made(way, under: nil) { course, way in
      TrainingStage(
        regimen, source: .weights(of: network), firstStep: first, steps: plan.iterations,
        learningRateStep: rate.learningRateStep(of: plan), predecessor: predecessor,
        rate: rate.course(from: network), way: way,
        quantisation: course.quantisation(steps: plan.iterations))
    }
    position += plan.iterations
    let key = quantised(trained)
    self.network = key
    try decide(key)
    report([(.training, key)])
  }

  /// The stage with the network that a way of training leads to: one training, or the mean of several.
  mutating func made(
    _ way: RetrainingWay, under masks: StageKey?,
    _ training: (inout Course, TrainingStage.Way) -> TrainingStage
  ) -> StageKey {
    guard way.copies > 1 else { return add(training(&self, way.way)) }
    var copies: [StageKey] = []
    for copy in 0..<way.copies {
      var own = way.way
      own.copy = copy
      copies.append(add(training(&self, own)))
    }
    let mean = add(AverageStage(regimen, of: copies, masks: masks, data: way.data))
    return add(
      TrainingStage(
        regimen, source: .weights(of: mean), masks: masks, steps: 0,
        isCompacted: isCompacting && masks != nil, density: 1 - forecast.sparsity))
  }

  /// Refuses a control: it would have to be made as its ticket is, with teacher, adapters and copies.
  private func checkAlone(_ step: String) throws(RecipeError) {
    if trial.control != .none { throw .stepWithControl(step, trial.control) }
  }

  /// Refuses moments that are kept: they belong to other arrays.
  private func checkFresh(_ step: String) throws(RecipeError) {
    if trial.optimizerState == .kept { throw .stepWithMoments(step) }
  }
}

/// What a retraining does besides, and what it is called in a recipe.
struct RetrainingWay {
  var step = "retrain"
  var way = TrainingStage.Way()
  /// How often it is made: the mean of all is what comes of it.
  var copies = 1
  /// The training data on which the mean has its running statistics.
  var data = ScoringData(batch: 1)
}
