import CoppiceTensors

/// What a criterion is to prune, known before anything is trained: by this it refuses what it cannot do.
public struct PruningSetup: Sendable {
  /// The prunable weights that the allocation does not ignore and that units reach, in order.
  public let layers: [PrunableLayer]
  /// What goes as one.
  public let granularity: Granularity
  /// How much each layer gives.
  public let allocation: Allocation
  /// What is known of the network besides its weights; nothing where single weights are pruned by a criterion that does not need
  /// `.structure`.
  public let structure: NetworkStructure
  /// Whether every unit is a single weight.
  public let prunesWeights: Bool
  /// Whether every unit is one row of one weight, a slice along its first axis, and what goes along with it: a neuron, a filter.
  public let prunesRows: Bool

  init(_ pruner: Pruner, _ layers: [PrunableLayer], _ structure: NetworkStructure) throws {
    self.layers = layers
    (granularity, allocation, self.structure) = (pruner.granularity, pruner.allocation, structure)
    prunesWeights = try granularity.prunesSingleWeights(of: layers)
    prunesRows = try granularity.prunesRows(of: layers, structure)
  }

  /// Refuses what the criterion cannot do.
  /// - Parameter reason: why, and what would be possible: it stands behind a colon.
  public func refuse(_ reason: String, for criterion: String) -> PruningError {
    .unfit(reason, criterion: criterion)
  }
}

extension Granularity {
  /// Whether every unit in these layers is one row of one of them.
  fileprivate func prunesRows(of layers: [PrunableLayer], _ structure: NetworkStructure) throws -> Bool {
    switch form {
    case .runs(let size):
      return try layers.allSatisfy { layer in
        let length = try runLength(size, in: layer)
        return layer.shape.rank > 0 && length * layer.shape[0] == layer.count
      }
    case .units(let make):
      let names = Set(layers.map(\.name))
      return try make(UnitContext(layers: layers, structure: structure)).allSatisfy { unit in
        let weights = unit.slices.filter { names.contains($0.parameter) }
        return weights.count == 1 && weights[0].axis == 0 && weights[0].indices.count == 1
      }
    }
  }
}
