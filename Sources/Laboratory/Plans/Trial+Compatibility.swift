import CoppicePruning

extension Trial {
  /// How many batches evidence may take: more are a slip of the pen.
  static let possibleScoringBatches = 1_000_000

  /// Refuses settings that do not go together.
  func checkCompatibility() throws(PlanError) {
    if stop.looksAtMetric, !StopRule.metrics.contains(stop.metric ?? "") {
      throw .stopMetric(stop, known: StopRule.metrics)
    }
    if control != .none, stop.scope == .training { throw .controlWithStop(control, stop) }
    if rounds != nil, stop.scope == .ladder { throw .ladderWithRounds(stop) }
    if repair != .none, dynamics != .none { throw .repairWithDynamics(repair, dynamics) }
    if repair != .none, recipe?.steps.contains(where: { $0.repairs }) == true { throw .repairTwice(repair) }
    if loss.needsTeacher { throw .lossWithoutTeacher(loss) }
    if optimizerState == .kept, learnedMask != .none { throw .momentsOfLearnedMask(learnedMask) }
    try checkTarget()
    if learnedMask != .none { return try checkLearnedMask() }
    guard dynamics != .none else {
      if recipe == nil, schedule == .none, let sparsity, sparsity > 0 { throw .nothingPrunes(sparsity) }
      return
    }
    if recipe != nil { throw .dynamicsWithRecipe(dynamics) }
    if schedule != .none { throw .dynamicsWithSchedule(dynamics, schedule) }
    if !control.isTrained { throw .dynamicsWithControl(dynamics, control) }
    if sparsity == nil { throw .dynamicsWithoutRatio(dynamics) }
    if rounds != nil { throw .dynamicsWithRounds(dynamics) }
    if stop.scope == .ladder { throw .dynamicsWithLadderStop(dynamics, stop) }
    if stop.scope == .search { throw .dynamicsWithSearch(dynamics, stop) }
    if criterion.movesSurvivors { throw .dynamicsWithCompensation(dynamics, criterion) }
  }
}

extension Trial {
  /// Refuses what a target of costs does not go together with.
  private func checkTarget() throws(PlanError) {
    if dynamics != .none, allocation.sharesCosts, granularity.coupling != nil {
      throw .familiesWithDynamics(allocation, dynamics)
    }
    guard target != .weights else { return }
    if dynamics != .none { throw .targetWithDynamics(target, dynamics) }
    if learnedMask.makesMasks { throw .targetWithLearnedMask(target, learnedMask) }
    if stop.scope == .search { throw .targetWithSearch(target, stop) }
    guard target.hasAim else { return }
    if let sparsity { throw .targetWithRatio(target, sparsity) }
    if recipe != nil { throw .targetWithRecipe(target) }
  }
}

extension Trial {
  /// What names the way weights are chosen: the criterion, or the mask that is learned in its place.
  var method: String { learnedMask.makesMasks && recipe == nil ? learnedMask.name : criterion.name }

  /// How many rounds a learned mask adds to those of the prunings: its own training, and a retraining under the same masks.
  func learnedRounds(_ steps: [RecipeStep]) -> Int {
    guard learnedMask.makesMasks else { return 0 }
    let retrainings = ["retrain", "distil", "adapt", "average"]
    return steps.dropFirst().first.map { retrainings.contains($0.name) } == true ? 2 : 1
  }

  /// Refuses what a learned mask does not go together with.
  private func checkLearnedMask() throws(PlanError) {
    if dynamics != .none { throw .learnedMaskWithDynamics(learnedMask, dynamics) }
    guard learnedMask.makesMasks else {
      if recipe == nil, schedule == .none, let sparsity, sparsity > 0 { throw .nothingPrunes(sparsity) }
      return
    }
    if stop.scope != .nothing { throw .learnedMaskWithStop(learnedMask, stop) }
    if learnedMask.keepsCount, sparsity == nil { throw .learnedMaskWithoutRatio(learnedMask) }
    guard recipe == nil else { return }
    if schedule != .none { throw .learnedMaskWithSchedule(learnedMask, schedule) }
    if control != .none { throw .learnedMaskWithControl(learnedMask, control) }
    if repair != .none { throw .learnedMaskWithRepair(learnedMask, repair) }
    if rounds != nil { throw .learnedMaskWithRounds(learnedMask) }
  }
}
