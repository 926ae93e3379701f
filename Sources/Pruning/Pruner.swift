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

  /// The masks of what is pruned. Of those given, companions are left out, and so are layers that the allocation ignores and layers
  /// that no unit has a part in. Sparsities are fractions of what remains.
  /// - Throws: `PruningError` where nothing is left, and whatever a user's granularity throws.
  package func prunable(among masks: MaskSet, structure: NetworkStructure = .none) throws -> MaskSet {
    let candidates = try allocation.prunable(among: masks)
    if case .runs = granularity.form { return candidates }
    let names = Set(try prunable(among: masks.layers, structure: structure).map(\.name))
    return candidates.filter { names.contains($0.name) }
  }

  /// The layers of what is pruned, without any mask: what a plan is made from.
  package func prunable(
    among layers: [PrunableLayer], structure: NetworkStructure = .none
  ) throws -> [PrunableLayer] {
    let candidates = try allocation.prunable(among: layers)
    if let pattern = granularity.pattern {
      return try pattern.layers(of: candidates, granularity: granularity.name)
    }
    guard case .units(let make) = granularity.form else { return candidates }
    let ignored = Set(layers.map(\.name)).subtracting(candidates.map(\.name))
    var named: Set<String> = []
    for unit in try make(UnitContext(layers: candidates, structure: structure)) {
      let parameters = unit.slices.map(\.parameter)
      if !parameters.contains(where: ignored.contains) { named.formUnion(parameters) }
    }
    let prunable = candidates.filter { named.contains($0.name) }
    guard !prunable.isEmpty else { throw PruningError.noUnits(granularity: granularity.name) }
    return prunable
  }

  /// The layers that stay dense although the allocation does not ignore them, because a pattern does not divide them.
  package func unevenLayers(among layers: [PrunableLayer]) throws(PruningError) -> [String] {
    guard let pattern = granularity.pattern else { return [] }
    return try allocation.prunable(among: layers).filter { !pattern.fits($0.shape) }.map(\.name)
  }

  /// Refuses a criterion, a granularity and an allocation that do not go together in this network, before anything is
  /// trained.
  /// - Throws: `PruningError`, and whatever a user's granularity throws.
  package func checkCompatibility(
    with layers: [PrunableLayer], structure: NetworkStructure = .none
  ) throws {
    let layers = try prunable(among: layers, structure: structure)
    let isByWeight = try granularity.prunesSingleWeights(of: layers)
    let quota = try allocation.quota(for: layers, target: .sparsity(0))
    if criterion.solves {
      try checkSolver(isByWeight)
      guard granularity.pattern != nil || quota.layers != nil || allocation.isMeasured else {
        throw PruningError.solverQuota(criterion: criterion.name, allocation: allocation.name)
      }
    }
    if case .rows = quota, !isByWeight, granularity.pattern == nil {
      throw PruningError.rowsOfUnits(granularity: granularity.name, allocation: allocation.name)
    }
    if case .rows = quota, criterion.solves, granularity.pattern == nil {
      throw PruningError.unfit(
        "it keeps a number of weights of each layer wherever they are, and allocation \(allocation.name) keeps as many of "
          + "every row; use layer-wise", criterion: criterion.name)
    }
    if criterion.rounds > 1, granularity.pattern != nil {
      throw PruningError.unfit(
        "it prunes in \(criterion.rounds) rounds, and granularity \(granularity.name) has one step; use rounds: 1",
        criterion: criterion.name)
    }
    let isOfLayers = allocation.isMeasured || (quota.layers != nil && granularity.pattern == nil)
    if allocation.hasFloor, isOfLayers, !isByWeight {
      throw PruningError.floorOfUnits(granularity: granularity.name, allocation: allocation.name)
    }
    if let requirement = criterion.requirement { try requirement(PruningSetup(self, layers, structure)) }
  }

  /// Refuses units that a solver does not take.
  private func checkSolver(_ isByWeight: Bool) throws(PruningError) {
    guard let pattern = granularity.pattern else {
      guard isByWeight else {
        throw .solverUnits(criterion: criterion.name, granularity: granularity.name)
      }
      return
    }
    guard criterion.solvesPatterns else {
      throw .solverPattern(criterion: criterion.name, granularity: granularity.name)
    }
    guard !pattern.isPermuted else {
      throw .unfit(
        "it chooses in one group after the other while it moves weights, and has no scores by which channels could be "
          + "permuted before; use permuted: false", criterion: criterion.name)
    }
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
    let prunable = try prunable(among: context.masks, structure: structure)
    for (name, mask) in prunable {
      guard let weight = context.weights[name] else {
        throw PruningError.missingParameter(name, in: "weights")
      }
      guard weight.shape == mask.shape else {
        throw PruningError.maskShape(mask.shape, of: name, shape: weight.shape)
      }
    }
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
    var (ties, weights) = (Int?.none, ParameterSet?.none)
    for round in 1..<max(1, criterion.rounds) {
      let cut = try cut(
        now, pool, structure, scores: known, to: quota.part(round, of: criterion.rounds, from: prunable),
        isByWeight)
      known = nil
      ties = cut.ties.map { $0 + (ties ?? 0) } ?? ties
      weights = cut.weights ?? weights
      now = try now.after(cut.masks, weights, for: criterion, measuring: measuring)
      pool = try self.prunable(among: now.masks, structure: structure)
    }
    let last = try cut(now, pool, structure, scores: known, to: quota, isByWeight)
    let masks = last.masks
    ties = last.ties.map { $0 + (ties ?? 0) } ?? ties
    weights = last.weights ?? weights
    guard masks.isSubset(of: context.masks) else {
      throw PruningError.maskGrew(
        masks.names.first { !masks.isSubset(of: context.masks, at: $0) } ?? "a layer")
    }
    return Pruning(
      masks: masks,
      report: PruningReport(
        target: target, quota: quota, before: prunable, after: masks, ties: ties,
        held: (held + last.held).map { layers[$0].name }, orders: last.orders),
      weights: weights)
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

  /// What one cut came to.
  private struct Cut {
    var masks: MaskSet
    var ties: Int?
    /// The layers, by place, that a floor held.
    var held: [Int] = []
    var orders: [ChannelOrder] = []
    /// All parameters, where the criterion moves survivors.
    var weights: ParameterSet?
  }

  private func cut(
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
      scores = scores.mapValues { Tensor($0.shape, $0.scalars.map(\.magnitude)) }
    }
    var cut: Cut
    if let pattern = granularity.pattern {
      cut = patternMasks(pattern, context, prunable, scores, quota)
    } else if isByWeight {
      cut = weightMasks(context, prunable, scores, quota)
    } else {
      cut = try unitMasks(context, prunable, structure, scores, quota)
    }
    cut.weights = try criterion.compensated(context, for: cut.masks)
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
  private func weightMasks(
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

  /// Whole units, and their companions with them. A quota of layers counts for the layers of a pool together.
  private func unitMasks(
    _ context: ScoringContext, _ prunable: MaskSet, _ structure: NetworkStructure, _ scores: ParameterSet,
    _ quota: Quota
  ) throws -> Cut {
    let candidates = try allocation.prunable(among: context.masks)
    let ignored = Set(context.masks.counted.names).subtracting(candidates.names)
    let table = try UnitTable(
      granularity, UnitContext(layers: candidates.layers, structure: structure), ignoring: ignored.contains
    ) { context.weights[$0]?.shape }
    var selection = UnitSelection(
      table, granularity,
      masks: table.parameters.map { (context.masks[$0.name] ?? Mask(keepingAll: $0.shape)).bytes },
      scores: table.parameters.prefix(table.layerCount).map { scores[$0.name]?.scalars ?? [] },
      criterion: criterion, ties: context.unitTies)
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

/// What a round of pruning came to.
package struct Pruning: Hashable, Sendable {
  package let masks: MaskSet
  package let report: PruningReport
  /// All parameters after the cut, where the criterion moves survivors; `nil` where they stay as they were.
  package let weights: ParameterSet?
}

extension MaskSet {
  fileprivate func isSubset(of other: MaskSet, at name: String) -> Bool {
    guard let mask = self[name], let before = other[name] else { return true }
    return mask.isSubset(of: before)
  }
}
