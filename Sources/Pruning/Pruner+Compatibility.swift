import CoppiceTensors

extension Pruner {
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
  func checkSolver(_ isByWeight: Bool) throws(PruningError) {
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
}
