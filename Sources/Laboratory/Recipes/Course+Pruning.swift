import CoppicePruning

extension Course {
  /// The step `prune` of a recipe: one pruning of the network as it stands.
  mutating func prune(to target: PruningTarget) throws {
    try measureRepaired()
    guard let network else { throw RecipeError.untrained("prune") }
    // How many weights a learned mask leaves without a ratio, only its training says.
    let isForeseen = learning?.mask.makesMasks != true || learning?.ratio != nil
    let isOfWeights = costs == nil
    let aims =
      !isOfWeights || trial.granularity == .weight || masks == nil || !isForeseen
      ? nil : forecast.layers.map(\.survivors)
    let removesNothing: Bool
    if isOfWeights {
      let quota = try pruner.quota(for: forecast.layers, target: target)
      try pruner.checkReach(
        quota.total, least: leastSurvivors, of: forecast.layers, largest: forecast.largestUnit)
      removesNothing = try forecast.prune(to: target, by: trial.allocation)
    } else {
      removesNothing = try pruneCosts(to: target)
    }
    (prunings, isMeasured, isLearned) = (prunings + 1, false, false)
    // The masks stay, and what is the same training under them has the same key. A ladder that may end has decisions between rounds.
    if removesNothing, masks != nil, !trial.criterion.movesSurvivors, trial.stop.scope != .ladder { return }
    lastRemoval = prunings
    let evidence = pruner.needs.evidence.map { measure($0, of: network) }
    let sensitivity = pruner.needs.sensitivity ? measureSensitivity(of: network) : nil
    let pruning = PruningStage(
      regimen, of: network, masks: masks, pruner: pruner, structure: structure, target: target,
      costing: costs, from: aims, evidence: evidence, scores: score(network, by: evidence), scoring: scoring,
      sensitivity: sensitivity, decision: decision)
    masks = add(pruning)
    if unpruned == nil { unpruned = network }
    // A criterion that moves survivors leaves weights of its own.
    if trial.criterion.movesSurvivors { self.network = pruning.key }
  }

  /// Takes a pruning to a cost into account, and says whether it is known to remove nothing.
  private mutating func pruneCosts(to target: PruningTarget) throws -> Bool {
    guard let removesNothing = try costs?.prune(to: target), let share = costs?.share else { return false }
    // What goes of the weights only the network shows; how long trainings take is estimated as if it were the same share.
    _ = try? forecast.prune(to: .sparsity(max(forecast.sparsity, min(share, 0.999))), by: .global)
    return removesNothing
  }

  /// The step `leave-out` of a recipe: a pruning that no score decides.
  mutating func leaveOut(_ blocks: [String]) throws {
    try measureRepaired()
    guard let network else { throw RecipeError.untrained("leave-out") }
    guard masks == nil else { throw RecipeError.leftOutLate }
    let names = try LeaveOutStage.parameters(of: blocks, in: regimen.model)
    let gone = prunable.filter { names.contains($0.name) }.reduce(0) { $0 + $1.count }
    let count = prunable.reduce(0) { $0 + $1.count }
    try forecast.prune(to: .sparsity(Double(gone) / Double(max(1, count))), by: .global)
    (prunings, isMeasured, isLearned) = (prunings + 1, false, false)
    lastRemoval = prunings
    masks = add(LeaveOutStage(regimen, blocks: blocks, among: prunable.map(\.name)))
    unpruned = network
  }

  /// The step `compact` of a recipe: what follows is trained on the smaller network that masks leave.
  mutating func compact() throws {
    guard network != nil, masks != nil else { throw RecipeError.untrained("compact") }
    isCompacting = true
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
        ignoring: trial.allocation.ignoring, scoring: scoring,
        isOfFamilies: trial.allocation.sharesCosts && trial.granularity.coupling != nil))
  }
}
