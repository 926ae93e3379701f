import CoppicePruning

/// How many weights are to survive after every pruning, told before anything is trained. It meets the same errors as the pruning
/// itself. Whole units come to within half a unit of it, after every round: rounds go on from these numbers, not from what units made
/// of them.
package struct Forecast: Hashable, Sendable {
  /// How many weights are prunable.
  private let count: Int
  /// How many are to survive.
  package private(set) var survivors: Int
  /// How many of each layer; where layers compete in one pool, any distribution of the total.
  package private(set) var layers: [PrunableLayer]
  /// What is compared with each other; empty where that is not known.
  private let pools: [UnitPool]
  /// Whether the last pruning gave every layer a number of its own.
  private var isByLayer = false

  /// The forecast for the layers that are pruned, all of them whole: those of `Pruner.prunable`.
  package init(_ layers: [PrunableLayer], pools: [UnitPool] = []) {
    self.layers = layers
    self.pools = pools
    count = layers.reduce(0) { $0 + $1.count }
    survivors = layers.reduce(0) { $0 + $1.survivors }
  }

  /// Takes one more pruning into account, and says whether it is known to remove nothing.
  /// - Throws: as `Allocation.quota` does.
  @discardableResult
  package mutating func prune(to target: PruningTarget, by allocation: Allocation) throws -> Bool {
    let quota = try allocation.quota(for: layers, target: target)
    let before = self
    switch quota {
    case .layers(let counts), .rows(let counts):
      for index in layers.indices { layers[index].survivors = counts[index] }
    case .pool(let total):
      // Where in the pool they go is decided by scores; any distribution has the same total.
      var excess = survivors - total
      for index in layers.indices {
        let removed = min(excess, layers[index].survivors)
        layers[index].survivors -= removed
        excess -= removed
      }
    case .flooredPool(let total, let floors):
      // No layer falls below its floor, so that the next round meets floors that are as high.
      var excess = survivors - total
      for index in layers.indices {
        let removed = min(excess, max(0, layers[index].survivors - floors[index]))
        layers[index].survivors -= removed
        excess -= removed
      }
    }
    survivors = quota.total
    isByLayer = quota.layers != nil && !allocation.isMeasured
    // How many go of each layer, the network says.
    if allocation.isMeasured { return survivors == before.survivors }
    guard !pools.isEmpty, pools.allSatisfy(\.isEven) else { return false }
    if quota.layers == nil {
      // All compete, so units are of one size or the number of them is not known.
      let sizes = Set(pools.map(\.largest))
      let all = Array(layers.indices)
      return sizes.count == 1
        && removed(all, of: pools[0].largest) == before.removed(all, of: pools[0].largest)
    }
    return pools.allSatisfy {
      removed($0.layers, of: $0.largest) == before.removed($0.layers, of: $0.largest)
    }
  }

  /// How many units of that size come nearest to the number of weights removed from some layers; half a unit counts as one.
  private func removed(_ places: [Int], of size: Int) -> Int {
    let weights = places.reduce(0) { $0 + layers[$1].count - layers[$1].survivors }
    return (2 * weights + size) / (2 * size)
  }

  /// Layers of which nothing is to survive.
  package struct Emptied: Hashable, Sendable {
    /// The layers, whose units are compared with each other.
    package let layers: [String]
    /// Up to which sparsity of its own one unit of them stays, 0…1.
    package let most: Double
  }

  /// What is emptied for certain, because layers do not compete and units are alike.
  package var emptied: [Emptied] {
    guard isByLayer else { return [] }
    return pools.filter(\.isEven).compactMap { pool in
      let weights = pool.layers.reduce(0) { $0 + layers[$1].count }
      guard weights > 0, removed(pool.layers, of: pool.largest) * pool.largest >= weights else { return nil }
      return Emptied(
        layers: pool.layers.map { layers[$0].name }, most: 1 - Double(pool.largest) / Double(weights))
    }
  }

  /// How many weights the largest unit has.
  package var largestUnit: Int { pools.map(\.largest).max() ?? 1 }

  /// The sparsity now, 0…1.
  package var sparsity: Double { count == 0 ? 0 : Double(count - survivors) / Double(count) }
}
