import CoppiceTensors

/// Layers whose units are compared when each layer has a quota: two layers in which one unit has weights are in one pool.
package struct UnitPool: Hashable, Sendable {
  /// The places of its layers among the prunable ones.
  package let layers: [Int]
  /// How many weights its largest unit has.
  package let largest: Int
  /// Whether its units divide all weights of its layers into equal parts, so that counts alone say how many units go.
  package let isEven: Bool
}

extension Pruner {
  /// The pools of a network, whole, in the order of their first layers.
  /// - Parameter shape: the shape of a parameter that is no layer.
  /// - Throws: as a pruning does where units do not fit.
  package func pools(
    among all: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws -> [UnitPool] {
    let layers = try prunable(among: all, structure: structure)
    if try granularity.pattern != nil || granularity.prunesSingleWeights(of: layers) {
      return layers.indices.map { UnitPool(layers: [$0], largest: 1, isEven: true) }
    }
    let candidates = try allocation.prunable(among: all)
    let ignored = Set(all.map(\.name)).subtracting(candidates.map(\.name))
    let table = try UnitTable(
      granularity, UnitContext(layers: candidates, structure: structure), ignoring: ignored.contains,
      shape: shape)
    return table.pools.map { layers, units in
      let sizes = units.map { table.cost(of: $0).weights }
      return UnitPool(
        layers: layers, largest: sizes.max() ?? 1,
        // Coupled units compete across pools, and families have floors.
        isEven: granularity.coupling == nil && Set(sizes).count == 1 && table.divides(layers, by: units))
    }
  }
}

extension UnitTable {
  /// Whether every element of some layers is in one unit and no more.
  fileprivate func divides(_ layers: [Int], by units: [Int]) -> Bool {
    var found = [[Range<Int>]](repeating: [], count: layerCount)
    for unit in units {
      for span in spans(of: unit) where span.parameter < layerCount {
        found[span.parameter].append(span.elements)
      }
    }
    // Runs, not elements: a plan takes no memory for each weight. They overlap nowhere and leave nothing out.
    return layers.allSatisfy { layer in
      let runs = found[layer].sorted { $0.lowerBound < $1.lowerBound }
      let touch = zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
      return touch && runs.first?.lowerBound == 0 && runs.last?.upperBound == parameters[layer].shape.count
    }
      && found.allSatisfy { runs in
        let runs = runs.sorted { $0.lowerBound < $1.lowerBound }
        return zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
      }
  }
}
