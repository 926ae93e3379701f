import CoppiceTensors

extension Pruner {
  /// What one cut came to.
  struct Cut {
    var masks: MaskSet
    var ties: Int?
    /// The layers, by place, that a floor held.
    var held: [Int] = []
    var orders: [ChannelOrder] = []
    /// All parameters, where the criterion moves survivors.
    var weights: ParameterSet?
    /// The running statistics that go with them; `nil` where they stay as they were.
    var statistics: ParameterSet?

    /// Lets a criterion that does so make up for what went.
    mutating func moveSurvivors(_ context: ScoringContext, by criterion: Criterion) throws {
      guard let moved = try criterion.compensated(context, for: masks) else { return }
      weights = moved.weights
      if !moved.statistics.hasSameBits(as: context.statistics) { statistics = moved.statistics }
    }
  }

  func cut(
    _ context: ScoringContext, _ prunable: MaskSet, _ structure: NetworkStructure,
    scores known: ParameterSet?, to quota: Quota, _ isByWeight: Bool
  ) throws -> Cut {
    if criterion.solves {
      try checkSolver(isByWeight)
      let (masks, weights) = try solve(context, prunable, quota)
      return Cut(masks: masks, weights: weights)
    }
    var scores = try known.map { try criterion.checked($0, in: context) } ?? criterion.scores(in: context)
    // The square of a single weight's score; its magnitude has the same order.
    if criterion.squaresSums, isByWeight || granularity.pattern != nil {
      scores = scores.magnitudes
    }
    var cut: Cut
    if let pattern = granularity.pattern {
      cut = patternMasks(pattern, context, prunable, scores, quota)
    } else if isByWeight {
      cut = weightMasks(context, prunable, scores, quota)
    } else {
      cut = try unitMasks(context, prunable, try unitSelection(context, structure, scores), quota)
    }
    try cut.moveSurvivors(context, by: criterion)
    return cut
  }

  private func solve(
    _ context: ScoringContext, _ prunable: MaskSet, _ quota: Quota
  ) throws -> (MaskSet, ParameterSet?) {
    // A quota that removes nothing asks for no pattern.
    let pattern = quota.total < prunable.keptCount ? granularity.pattern : nil
    let kept = prunable.map { pattern?.survivors(in: $0.mask) ?? $0.mask.keptCount }
    guard let counts = granularity.pattern == nil ? quota.layers : kept,
      let solved = try criterion.solved(context, prunable, quota: counts, pattern: pattern)
    else { throw PruningError.solverQuota(criterion: criterion.name, allocation: allocation.name) }
    return solved
  }

  /// Single weights: no object for any of them.
  func weightMasks(
    _ context: ScoringContext, _ prunable: MaskSet, _ scores: ParameterSet, _ quota: Quota
  ) -> Cut {
    var candidates = prunable.map { name, mask in
      Candidate(name: name, scores: scores[name]?.scalars ?? [], mask: mask, ties: context.ties(for: name))
    }
    var (ties, held) = (0, [Int]())
    switch quota {
    case .flooredPool(let total, let floors):
      let shares = Allocation.Floor.holding(floors, total: total) { open, total in
        var pool = open.map { candidates[$0] }
        _ = Selection.removeLowest(pool.reduce(0) { $0 + $1.mask.keptCount } - total, from: &pool)
        return pool.map(\.mask.keptCount)
      }
      held = shares.held
      let open = candidates.indices.filter { !held.contains($0) }
      var pool = open.map { candidates[$0] }
      let kept = open.reduce(0) { $0 + shares.counts[$1] }
      ties = Selection.removeLowest(pool.reduce(0) { $0 + $1.mask.keptCount } - kept, from: &pool)
      for (index, candidate) in zip(open, pool) { candidates[index] = candidate }
      for index in held {
        ties += candidates[index].removeLowest(candidates[index].mask.keptCount - shares.counts[index])
      }
    case .pool(let total): ties = Selection.removeLowest(prunable.keptCount - total, from: &candidates)
    case .layers(let counts):
      for (index, count) in counts.enumerated() {
        ties += candidates[index].removeLowest(candidates[index].mask.keptCount - count)
      }
    case .rows(let counts):
      for (index, count) in counts.enumerated() { ties += candidates[index].keepInRows(count) }
    }
    var masks = context.masks
    for candidate in candidates { masks[candidate.name] = candidate.mask }
    return Cut(masks: masks, ties: ties, held: held)
  }

  /// So many weights of every group, in the order of channels in which they keep most where it is asked for.
  private func patternMasks(
    _ pattern: GroupPattern, _ context: ScoringContext, _ prunable: MaskSet, _ scores: ParameterSet,
    _ quota: Quota
  ) -> Cut {
    var (masks, ties, orders) = (context.masks, 0, [ChannelOrder]())
    guard quota.total < prunable.keptCount else { return Cut(masks: masks, ties: 0) }
    for (name, before) in prunable {
      let scores = scores[name]?.scalars ?? []
      var mask = before
      if pattern.isPermuted {
        let masked = before.applied(to: Tensor(before.shape, scores)).scalars
        var search = ChannelOrderSearch(pattern, scores: masked, shape: before.shape)
        orders.append(search.order(of: name))
      }
      ties += pattern.cut(
        &mask, scores: scores, order: pattern.isPermuted ? orders.last?.channels : nil,
        ties: context.ties(for: name))
      masks[name] = mask
    }
    return Cut(masks: masks, ties: ties, orders: orders)
  }

  /// The units with their scores, before any of them goes.
  func unitSelection(
    _ context: ScoringContext, _ structure: NetworkStructure, _ scores: ParameterSet
  ) throws -> UnitSelection {
    let candidates = try allocation.prunable(among: context.masks)
    let ignored = Set(context.masks.counted.names).subtracting(candidates.names)
    let table = try UnitTable(
      granularity, UnitContext(layers: candidates.layers, structure: structure), ignoring: ignored.contains
    ) { context.weights[$0]?.shape }
    return UnitSelection(
      table, granularity,
      masks: table.parameters.map { (context.masks[$0.name] ?? Mask(keepingAll: $0.shape)).bytes },
      scores: table.parameters.prefix(table.layerCount).map { scores[$0.name]?.scalars ?? [] },
      criterion: criterion, ties: context.unitTies)
  }

  /// Whole units, and their companions with them. A quota of layers counts for the layers of a pool together.
  func unitMasks(
    _ context: ScoringContext, _ prunable: MaskSet, _ all: UnitSelection, _ quota: Quota
  ) throws -> Cut {
    let table = all.table
    var selection = all
    var (ties, held) = (0, [Int]())
    if let coupling = granularity.coupling {
      if case .rows = quota {
        throw PruningError.rowsOfUnits(granularity: granularity.name, allocation: allocation.name)
      }
      // Units run through several layers, so that a quota of each layer is one of all, and families give alike.
      let floors = if case .flooredPool(_, let floors) = quota { floors } else { [Int]?.none }
      (ties, held) = selection.removeLowest(
        prunable.keptCount - quota.total, by: coupling, isRanked: coupling.isRanked || quota.layers != nil,
        floors: floors)
      selection.removeCompanions()
      return Cut(masks: context.masks.replacing(table, with: selection.masks), ties: ties, held: held)
    }
    switch quota {
    case .flooredPool(let total, let floors):
      (ties, held) = selection.removeLowest(
        prunable.keptCount - total, among: Array(0..<table.count), floors: floors)
    case .pool(let total):
      ties = selection.removeLowest(prunable.keptCount - total, among: Array(0..<table.count))
    case .layers(let counts):
      let excess = zip(prunable, counts).map { $0.mask.keptCount - $1 }
      for (layers, units) in table.pools {
        ties += selection.removeLowest(layers.reduce(0) { $0 + excess[$1] }, among: units)
      }
    case .rows:
      throw PruningError.rowsOfUnits(granularity: granularity.name, allocation: allocation.name)
    }
    selection.removeCompanions()
    return Cut(masks: context.masks.replacing(table, with: selection.masks), ties: ties, held: held)
  }
}
