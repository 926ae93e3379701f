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
  /// The units, where they are not runs of elements: none of single weights.
  public let units: [Granularity.Unit]
  /// Whether every unit is a single weight.
  public let prunesWeights: Bool
  /// Whether every unit is one row of one weight, a slice along its first axis, and what goes along with it: a neuron, a filter. A
  /// coupled unit has rows of one layer or several, whose scores are aggregated.
  public let prunesRows: Bool
  /// The layers of which units have whole rows: all of them, but for coupled units, which have columns of others too.
  public let layersOfRows: [PrunableLayer]

  init(_ pruner: Pruner, _ layers: [PrunableLayer], _ structure: NetworkStructure) throws {
    self.layers = layers
    (granularity, allocation, self.structure) = (pruner.granularity, pruner.allocation, structure)
    prunesWeights = try granularity.prunesSingleWeights(of: layers)
    units = try granularity.units(of: layers, structure)
    prunesRows = try granularity.prunesRows(of: layers, units)
    guard granularity.coupling != nil else {
      layersOfRows = layers
      return
    }
    let names = Set(units.flatMap(\.slices).filter { $0.axis == 0 }.map(\.parameter))
    layersOfRows = layers.filter { names.contains($0.name) }
  }

  /// Refuses what the criterion cannot do.
  /// - Parameter reason: why, and what would be possible: it stands behind a colon.
  public func refuse(_ reason: String, for criterion: String) -> PruningError {
    .unfit(reason, criterion: criterion)
  }

  /// Refuses units other than whole rows, for a criterion that gives each row one score.
  public func requireRows(_ criterion: String) throws(PruningError) {
    guard prunesRows else {
      throw refuse(
        "it gives one score to a whole neuron or filter, and granularity \(granularity.name) has other units; use neuron",
        for: criterion)
    }
  }
}

extension Granularity {
  /// The units in these layers, where they are not runs of elements.
  fileprivate func units(of layers: [PrunableLayer], _ structure: NetworkStructure) throws -> [Unit] {
    guard case .units(let make) = form else { return [] }
    let units = try make(UnitContext(layers: layers, structure: structure))
    let names = Set(layers.map(\.name))
    return units.filter { $0.slices.contains { names.contains($0.parameter) } }
  }

  /// Whether every unit in these layers is one row of one of them.
  fileprivate func prunesRows(of layers: [PrunableLayer], _ units: [Unit]) throws -> Bool {
    switch form {
    case .runs(let size):
      return try layers.allSatisfy { layer in
        let length = try runLength(size, in: layer)
        return layer.shape.rank > 0 && length * layer.shape[0] == layer.count
      }
    case .blocks, .pattern: return false
    case .units:
      let names = Set(layers.map(\.name))
      guard coupling == nil else {
        return units.allSatisfy { $0.slices.contains { $0.axis == 0 && names.contains($0.parameter) } }
      }
      return units.allSatisfy { unit in
        let weights = unit.slices.filter { names.contains($0.parameter) }
        return weights.count == 1 && weights[0].axis == 0 && weights[0].indices.count == 1
      }
    }
  }
}
