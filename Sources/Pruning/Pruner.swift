import CoppiceTensors

/// One pruning: scores, then as many weights removed in each layer as the allocation says.
package struct Pruner: Hashable, Sendable {
  package let criterion: Criterion
  package let granularity: Granularity
  package let allocation: Allocation

  package init(
    criterion: Criterion, granularity: Granularity = .weight, allocation: Allocation = .global
  ) {
    self.criterion = criterion
    self.granularity = granularity
    self.allocation = allocation
  }

  /// The masks of what is pruned. Of those given, companions are left out, and so are layers that the allocation ignores and layers
  /// that no unit has a part in. Sparsities are fractions of what remains.
  /// - Throws: `PruningError` where nothing is left, and whatever a user's granularity throws.
  package func prunable(among masks: MaskSet, structure: NetworkStructure = .none) throws -> MaskSet {
    let candidates = try allocation.prunable(among: masks)
    guard case .units(let make) = granularity.form else { return candidates }
    let ignored = Set(masks.counted.names).subtracting(candidates.names)
    var named: Set<String> = []
    for unit in try make(UnitContext(layers: candidates.layers, structure: structure)) {
      let parameters = unit.slices.map(\.parameter)
      if !parameters.contains(where: ignored.contains) { named.formUnion(parameters) }
    }
    let prunable = candidates.filter { named.contains($0.name) }
    guard !prunable.isEmpty else { throw PruningError.noUnits(granularity: granularity.name) }
    return prunable
  }

  /// Refuses a criterion, a granularity and an allocation that do not go together in this network, before anything is
  /// trained.
  /// - Throws: `PruningError`, and whatever a user's granularity throws.
  package func checkCompatibility(with masks: MaskSet, structure: NetworkStructure = .none) throws {
    let layers = try prunable(among: masks, structure: structure).layers
    let isByWeight = try granularity.prunesSingleWeights(of: layers)
    let quota = try allocation.quota(for: layers, target: .sparsity(0))
    if case .solution = criterion.method {
      guard isByWeight else {
        throw PruningError.solverUnits(criterion: criterion.name, granularity: granularity.name)
      }
      guard quota.layers != nil else {
        throw PruningError.solverQuota(criterion: criterion.name, allocation: allocation.name)
      }
    }
    if case .rows = quota, !isByWeight {
      throw PruningError.rowsOfUnits(granularity: granularity.name, allocation: allocation.name)
    }
    if let requirement = criterion.requirement { try requirement(PruningSetup(self, layers, structure)) }
  }

  /// The masks after one more round, subsets of those before it, and an account of them. Layers that the allocation
  /// ignores keep their masks and appear in no account.
  /// - Parameters:
  ///   - structure: what the granularity makes units from; single weights need none.
  ///   - target: what the round is asked to reach.
  ///   - aims: how many weights of each layer the rounds before were to leave, where whole units may have come to other numbers;
  ///     `nil` for as many as there are. So each round comes to within half a unit of the aim of all, and none adds to the miss of
  ///     another.
  /// - Throws: `PruningError`, and whatever a user's criterion, granularity or allocation throws.
  package func prune(
    _ context: ScoringContext, structure: NetworkStructure = .none, to target: PruningTarget,
    from aims: [Int]? = nil
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
    let quota = try allocation.quota(for: layers, target: target)
    let masks: MaskSet
    let weights: ParameterSet?
    var ties: Int?
    if case .solution = criterion.method {
      guard isByWeight else {
        throw PruningError.solverUnits(criterion: criterion.name, granularity: granularity.name)
      }
      (masks, weights) = try solve(context, prunable, quota)
    } else {
      let scores = try criterion.scores(in: context)
      (masks, ties) =
        isByWeight
        ? weightMasks(context, prunable, scores, quota)
        : try unitMasks(context, prunable, structure, scores, quota)
      weights = try criterion.compensated(context, for: masks)
    }
    guard masks.isSubset(of: context.masks) else {
      throw PruningError.maskGrew(
        masks.names.first { !masks.isSubset(of: context.masks, at: $0) } ?? "a layer")
    }
    return Pruning(
      masks: masks,
      report: PruningReport(target: target, quota: quota, before: prunable, after: masks, ties: ties),
      weights: weights)
  }

  private func solve(
    _ context: ScoringContext, _ prunable: MaskSet, _ quota: Quota
  ) throws -> (MaskSet, ParameterSet?) {
    guard let counts = quota.layers, let solved = try criterion.solved(context, prunable, quota: counts)
    else { throw PruningError.solverQuota(criterion: criterion.name, allocation: allocation.name) }
    return solved
  }

  /// Single weights: no object for any of them.
  private func weightMasks(
    _ context: ScoringContext, _ prunable: MaskSet, _ scores: ParameterSet, _ quota: Quota
  ) -> (MaskSet, ties: Int) {
    var candidates = prunable.map { name, mask in
      Candidate(name: name, scores: scores[name]?.scalars ?? [], mask: mask, ties: context.ties(for: name))
    }
    var ties = 0
    switch quota {
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
    return (masks, ties)
  }

  /// Whole units, and their companions with them. A quota of layers counts for the layers of a pool together.
  private func unitMasks(
    _ context: ScoringContext, _ prunable: MaskSet, _ structure: NetworkStructure, _ scores: ParameterSet,
    _ quota: Quota
  ) throws -> (MaskSet, ties: Int) {
    let candidates = try allocation.prunable(among: context.masks)
    let ignored = Set(context.masks.counted.names).subtracting(candidates.names)
    let table = try UnitTable(
      granularity, UnitContext(layers: candidates.layers, structure: structure), ignoring: ignored.contains
    ) { context.weights[$0]?.shape }
    var selection = UnitSelection(
      table, granularity,
      masks: table.parameters.map { (context.masks[$0.name] ?? Mask(keepingAll: $0.shape)).bytes },
      scores: table.parameters.prefix(table.layerCount).map { scores[$0.name]?.scalars ?? [] },
      scoresUnits: criterion.scoresUnits, ties: context.unitTies)
    var ties = 0
    switch quota {
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
    return (context.masks.replacing(table, with: selection.masks), ties)
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
