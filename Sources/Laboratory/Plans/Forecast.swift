import CoppicePruning

/// How many weights survive after every pruning, told before anything is trained. It meets the same errors as the pruning itself.
package struct Forecast: Hashable, Sendable {
  /// How many weights are prunable.
  private let count: Int
  /// How many survive; for units larger than one weight, to within a unit.
  package private(set) var survivors: Int
  private var layers: [PrunableLayer]

  /// The forecast for the layers that are pruned, all of them whole: those of `Pruner.prunable`.
  package init(_ layers: [PrunableLayer]) {
    self.layers = layers
    count = layers.reduce(0) { $0 + $1.count }
    survivors = layers.reduce(0) { $0 + $1.survivors }
  }

  /// Takes one more pruning into account.
  /// - Throws: as `Allocation.quota` does.
  package mutating func prune(to target: PruningTarget, by allocation: Allocation) throws {
    let quota = try allocation.quota(for: layers, target: target)
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
    }
    survivors = quota.total
  }

  /// The sparsity now, 0…1.
  package var sparsity: Double { count == 0 ? 0 : Double(count - survivors) / Double(count) }
}
