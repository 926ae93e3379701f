import CoppiceTensors

/// One pruning: scores, then as many weights removed in each layer as the allocation says; in rounds where the criterion has them.
/// The stages of a trial share one.
package final class Pruner: Hashable, Sendable {
  package let criterion: Criterion
  package let granularity: Granularity
  package let allocation: Allocation

  /// Measures an evidence on weights under masks.
  package typealias Measure = (Evidence, ParameterSet, MaskSet) throws -> ParameterSet

  package init(
    criterion: Criterion, granularity: Granularity = .weight, allocation: Allocation = .global
  ) {
    self.criterion = criterion
    self.granularity = granularity
    self.allocation = allocation
  }

  package static func == (a: Pruner, b: Pruner) -> Bool {
    a.criterion == b.criterion && a.granularity == b.granularity && a.allocation == b.allocation
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(criterion)
    hasher.combine(granularity)
    hasher.combine(allocation)
  }

  /// The masks after one more round, subsets of those before it, and an account of them. Layers that the allocation
  /// ignores keep their masks and appear in no account.
  /// - Parameters:
  ///   - structure: what the granularity makes units from; single weights need none.
  ///   - target: what the round is asked to reach.
  ///   - aims: how many weights of each layer the rounds before were to leave, where whole units may have come to other numbers;
  ///     `nil` for as many as there are. So each round comes to within half a unit of the aim of all, and none adds to the miss of
  ///     another.
  ///   - scores: the criterion's scores in this context, where they are known already; `nil` for those that are computed now. A solver
  ///     has none, and a criterion with rounds computes others after the first cut.
  ///   - measuring: measures an evidence again, where the criterion has rounds, on weights under masks.
  /// - Throws: `PruningError`, and whatever a user's criterion, granularity or allocation throws.
  package func prune(
    _ context: ScoringContext, structure: NetworkStructure = .none, to target: PruningTarget,
    from aims: [Int]? = nil, scores: ParameterSet? = nil, measuring: Measure? = nil
  ) throws -> Pruning {
    if allocation.sharesCosts, granularity.coupling != nil {
      return try pruneFamilies(context, structure, target, aims, scores, measuring)
    }
    let prunable = try checkedPrunable(context, structure)
    var layers = prunable.layers
    let isByWeight = try granularity.prunesSingleWeights(of: layers)
    if let aims, !isByWeight {
      for (index, aim) in zip(layers.indices, aims) { layers[index].survivors = aim }
    }
    var quota = try self.quota(for: layers, target: target)
    var held = try allocation.held(layers, target: target)
    // Whole units may have come to fewer weights than the total.
    let survivors = min(quota.total, prunable.keptCount)
    if let shares = try allocation.measured(prunable.layers, survivors: survivors, context) {
      (quota, held) = shares
    }
    var (now, pool, known) = (context, prunable, scores)
    var (ties, weights, statistics) = (Int?.none, ParameterSet?.none, ParameterSet?.none)
    for round in 1..<max(1, criterion.rounds) {
      let cut = try cut(
        now, pool, structure, scores: known, to: quota.part(round, of: criterion.rounds, from: prunable),
        isByWeight)
      known = nil
      ties = cut.ties.map { $0 + (ties ?? 0) } ?? ties
      (weights, statistics) = (cut.weights ?? weights, cut.statistics ?? statistics)
      now = try now.after(cut.masks, weights, statistics, for: criterion, measuring: measuring)
      pool = try self.prunable(among: now.masks, structure: structure)
    }
    let last = try cut(now, pool, structure, scores: known, to: quota, isByWeight)
    let masks = last.masks
    ties = last.ties.map { $0 + (ties ?? 0) } ?? ties
    (weights, statistics) = (last.weights ?? weights, last.statistics ?? statistics)
    guard masks.isSubset(of: context.masks) else {
      throw PruningError.maskGrew(
        masks.names.first { !masks.isSubset(of: context.masks, at: $0) } ?? "a layer")
    }
    return Pruning(
      masks: masks,
      report: PruningReport(
        target: target, quota: quota, before: prunable, after: masks, ties: ties,
        held: (held + last.held).map { layers[$0].name }, orders: last.orders),
      weights: weights, statistics: statistics)
  }

  /// A pruning whose allocation says how many units of every family stay: what is left costs as many weights as the target says.
  private func pruneFamilies(
    _ context: ScoringContext, _ structure: NetworkStructure, _ target: PruningTarget, _ aims: [Int]?,
    _ scores: ParameterSet?, _ measuring: Measure?
  ) throws -> Pruning {
    let prunable = try checkedPrunable(context, structure)
    var layers = prunable.layers
    for (index, aim) in zip(layers.indices, aims ?? []) { layers[index].survivors = aim }
    let total = try quota(for: layers, target: target).total
    let names = Set(prunable.names)
    return try prune(
      context, structure: structure,
      to: CostAim(Double(total)) { masks in Double(masks.filter { names.contains($0.name) }.keptCount) },
      scores: scores, measuring: measuring)
  }

  /// The masks of what is pruned, for which there are weights.
  func checkedPrunable(_ context: ScoringContext, _ structure: NetworkStructure) throws -> MaskSet {
    let prunable = try prunable(among: context.masks, structure: structure)
    for (name, mask) in prunable {
      guard let weight = context.weights[name] else {
        throw PruningError.missingParameter(name, in: "weights")
      }
      guard weight.shape == mask.shape else {
        throw PruningError.maskShape(mask.shape, of: name, shape: weight.shape)
      }
    }
    return prunable
  }

  /// What the criterion and the allocation look at, together.
  package var needs: ScoringNeeds { ScoringNeeds(criterion.needs.all + allocation.needs.all) }

  /// How many weights survive a round, as the allocation says and the granularity can.
  /// - Throws: as `Allocation.quota`, and where the granularity is a pattern that keeps another number.
  package func quota(for layers: [PrunableLayer], target: PruningTarget) throws -> Quota {
    let quota = try allocation.quota(for: layers, target: target)
    try granularity.pattern?.check(quota, of: layers, granularity: granularity, allocation: allocation)
    return quota
  }
}

extension MaskSet {
  fileprivate func isSubset(of other: MaskSet, at name: String) -> Bool {
    guard let mask = self[name], let before = other[name] else { return true }
    return mask.isSubset(of: before)
  }
}
