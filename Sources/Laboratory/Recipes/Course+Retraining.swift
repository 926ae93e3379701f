import CoppicePruning

extension Course {
  /// The step `retrain` of a recipe: the training that follows a pruning. Its network, or a control in its place, is a round.
  mutating func retrain(_ own: Retraining?) throws {
    guard let network, masks != nil || quantising?.aware != nil else {
      throw RecipeError.untrained("retrain")
    }
    // What follows a learned mask is a round of its own, with the same masks.
    if isLearned { (prunings, isMeasured, isLearned) = (prunings + 1, false, false) }
    guard !isMeasured else { throw RecipeError.retrainedTwice }
    var plan = try own?.plan(total: regimen.total, perEpoch: regimen.perEpoch) ?? retraining
    let end = try earlyEnd(plan, own ?? trial.retraining)
    if let end, plan.completes {
      plan = RetrainingPlan(learningRateStep: end, iterations: regimen.total - end, completes: true)
    }
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
    (isInVain, retrainedMasks) = (masks != nil && masks == before, masks)
    isMeasured = true
    // Where nothing is pruned no control asks for masks.
    let ticket = Control.Ticket(
      network: network, masks: masks ?? network, retraining: plan,
      firstStep: plan.rewindStep ?? (plan.completes ? end : nil) ?? position,
      density: 1 - forecast.sparsity, repairs: repairs, predecessor: predecessor(of: plan))
    var training = retrained(ticket, from: network, masks: masks)
    // Where units are of several sizes, only the pruning itself shows that it removed nothing.
    if plan.rewindStep != nil, let before, !isInVain {
      let twin = retrained(ticket, from: network, masks: before).key
      if graph[twin] != nil { training.twin = TrainingStage.Twin(training: twin, masks: before) }
    }
    add(training)
    position = ticket.firstStep + plan.iterations
    let key = quantised(training)
    (self.network, unpruned, repairs) = (key, nil, [])
    if plan.completes || plan.rewindStep != nil { isSpared = false }
    try decide(key)
    guard let replace = trial.control.replace else {
      return report((masks.map { [(.masks, $0)] } ?? []) + [(.training, key)])
    }
    report(try replace(&self, ticket))
  }

  /// The first step after which a stop rule may have ended the first training; `nil` where none may.
  ///
  /// - Throws: `PlanError` where a retraining goes back further than that, or completes what is complete.
  private func earlyEnd(_ plan: RetrainingPlan, _ retraining: Retraining) throws(PlanError) -> Int? {
    if plan.completes, !isSpared { throw .nothingToComplete(retraining) }
    guard let drawing else { return nil }
    if let step = plan.rewindStep, step > drawing.earliestEnd {
      throw .searchWithRewind(trial.stop, step: step, earliest: drawing.earliestEnd)
    }
    return drawing.earliestEnd
  }

  /// What a retraining owes to the rule that ended the first training; `nil` where it owes nothing.
  private func predecessor(of plan: RetrainingPlan) -> TrainingStage.Predecessor? {
    guard plan.rewindStep == nil else { return nil }
    guard plan.completes, let drawing, let dense else { return predecessor(.shifted) }
    return TrainingStage.Predecessor(training: dense, planned: drawing.earliestEnd, difference: .made)
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
    let moments: StageKey? = if case .weights(let key) = source { self.moments(of: key) } else { nil }
    let rate = plan.iterations == 0 ? RetrainingRate.own : trial.retrainingRate
    var training = TrainingStage(
      regimen, source: source, masks: masks, freezesPruned: freezesPruned, firstStep: ticket.firstStep,
      steps: plan.iterations, learningRateStep: rate.learningRateStep(of: plan),
      predecessor: ticket.predecessor, rate: rate.course(from: before),
      isCompacted: isCompacting && masks != nil && !freezesPruned, keepsMoments: keepsMoments,
      moments: moments,
      density: masks == nil || freezesPruned ? 1 : ticket.density,
      quantisation: quantisation(steps: plan.iterations))
    training.rewindStep = plan.rewindStep
    return training
  }

  /// The step `repair` of a recipe: what sets the pruned network right before the training that follows, or in place of it.
  mutating func repair(_ repair: Repair) throws {
    guard network != nil, masks != nil else { throw RecipeError.untrained("repair") }
    guard !isMeasured else { throw RecipeError.repairedLate }
    try check(repair)
    repairs.append(repair)
  }

  /// Refuses a repair of what the network does not have.
  func check(_ repair: Repair) throws {
    try repair.requires(RepairSetup(network: regimen.model, layers: prunable))
  }

  /// Measures a network that was repaired, where no training follows.
  mutating func measureRepaired() throws {
    if !repairs.isEmpty { try retrain(Retraining.none) }
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
}
