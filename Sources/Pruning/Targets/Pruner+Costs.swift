import CoppiceTensors

extension Pruner {
  /// The masks after one more round that leave what is asked for of the network's cost, and an account of them. Weights or units go in
  /// the order of their scores, as the allocation shares them out, until what is left costs as much.
  ///
  /// Parameters and errors are those of a pruning to a sparsity.
  package func prune(
    _ context: ScoringContext, structure: NetworkStructure = .none, to aim: CostAim,
    scores: ParameterSet? = nil, measuring: Measure? = nil
  ) throws -> Pruning {
    guard granularity.pattern == nil else {
      throw PruningError.patternCost(granularity: "\(granularity)")
    }
    let prunable = try checkedPrunable(context, structure)
    let layers = prunable.layers
    let isByWeight = try granularity.prunesSingleWeights(of: layers)
    let rounds = max(1, criterion.rounds)
    let first = rounds == 1 ? 0 : try aim.costUnder(context.masks)
    var (now, pool, known) = (context, prunable, scores)
    var (ties, weights, statistics) = (Int?.none, ParameterSet?.none, ParameterSet?.none)
    var (held, total) = ([Int](), prunable.keptCount)
    var masks = context.masks
    for round in 1...rounds {
      if round > 1 {
        now = try now.after(masks, weights, statistics, for: criterion, measuring: measuring)
        pool = try self.prunable(among: now.masks, structure: structure)
      }
      let cut = try cut(
        now, pool, structure, scores: known, to: aim.part(round, of: rounds, from: first), isByWeight)
      known = nil
      (masks, held) = (cut.masks, cut.held)
      ties = cut.ties.map { $0 + (ties ?? 0) } ?? ties
      (weights, statistics) = (cut.weights ?? weights, cut.statistics ?? statistics)
    }
    total = prunable.map { masks[$0.name]?.keptCount ?? 0 }.reduce(0, +)
    return Pruning(
      masks: masks,
      report: PruningReport(
        target: .sparsity(layers.sparsity(leaving: total)), quota: .pool(total), before: prunable,
        after: masks, ties: ties, held: Array(Set(held)).sorted().map { layers[$0].name }),
      weights: weights, statistics: statistics)
  }

  /// One cut to a cost.
  private func cut(
    _ context: ScoringContext, _ prunable: MaskSet, _ structure: NetworkStructure,
    scores known: ParameterSet?, to aim: CostAim, _ isByWeight: Bool
  ) throws -> Cut {
    guard !criterion.solves else {
      try checkSolver(isByWeight)
      let search = search(aim, context, prunable) { quota in
        guard let counts = quota.layers else {
          throw PruningError.solverQuota(criterion: self.criterion.name, allocation: self.allocation.name)
        }
        return context.masks.replacing(prunable, keeping: counts)
      }
      let (quota, held) = try search.found()
      var cut = try cut(context, prunable, structure, scores: nil, to: quota, isByWeight)
      cut.held += held
      return cut
    }
    let scores = try known.map { try criterion.checked($0, in: context) } ?? criterion.scores(in: context)
    if isByWeight {
      let ordered = criterion.squaresSums ? scores.magnitudes : scores
      let (quota, held) = try search(aim, context, prunable) { quota in
        self.weightMasks(context, prunable, ordered, quota).masks
      }.found()
      var cut = try cut(context, prunable, structure, scores: scores, to: quota, isByWeight)
      cut.held += held
      return cut
    }
    var selection = try unitSelection(context, structure, scores)
    // Every unit is a step by itself, so that what is left comes as near to the cost as any of them does.
    selection.passesHeld = true
    var cut: Cut
    if let coupling = granularity.coupling, allocation.sharesCosts {
      let budget = try FamilyBudget(
        selection, coupling, context.limited(to: allocation.needs, of: "allocation \(allocation.name)"))
      let left = try budget.solved(aim) { context.masks.replacing(selection.table, with: $0.masks) }
      cut = Cut(masks: context.masks.replacing(selection.table, with: left.masks), ties: 0)
    } else {
      let (quota, held) = try search(aim, context, prunable) { quota in
        try self.unitMasks(context, prunable, selection, quota).masks
      }.found()
      cut = try unitMasks(context, prunable, selection, quota)
      cut.held += held
    }
    try cut.moveSurvivors(context, by: criterion)
    return cut
  }

  /// The search for a cost among the quotas of the allocation.
  private func search(
    _ aim: CostAim, _ context: ScoringContext, _ prunable: MaskSet,
    masks: @escaping (Quota) throws -> MaskSet
  ) -> CostSearch {
    let layers = prunable.layers
    let costing = context.costing(aim.weightCosts)
    return CostSearch(
      aim: aim, survivors: prunable.keptCount,
      quota: { [allocation] survivors in
        if let shares = try allocation.measured(layers, survivors: survivors, costing) { return shares }
        let target = PruningTarget.sparsity(layers.sparsity(leaving: survivors))
        return (
          try allocation.quota(for: layers, target: target), try allocation.held(layers, target: target)
        )
      }, masks: masks)
  }
}

extension [PrunableLayer] {
  /// The sparsity at which so many weights are left of all layers.
  fileprivate func sparsity(leaving survivors: Int) -> Double {
    let count = reduce(0) { $0 + $1.count }
    return count == 0 ? 0 : Double(count - survivors) / Double(count)
  }
}

extension ParameterSet {
  /// The magnitudes of all elements.
  var magnitudes: ParameterSet { mapValues { Tensor($0.shape, $0.scalars.map(\.magnitude)) } }
}

extension MaskSet {
  /// The masks of some layers with the first so many of their survivors, where only numbers count.
  fileprivate func replacing(_ layers: MaskSet, keeping counts: [Int]) -> MaskSet {
    var result = self
    for ((name, mask), count) in zip(layers, counts) {
      var (bytes, left) = (mask.bytes, count)
      for place in bytes.indices where bytes[place] != 0 {
        if left > 0 { left -= 1 } else { bytes[place] = 0 }
      }
      result[name] = Mask(mask.shape, bytes)
    }
    return result
  }
}
