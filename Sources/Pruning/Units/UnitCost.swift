import CoppiceTensors

/// What a unit costs: what is saved where it goes.
package struct UnitCost: Hashable, Sendable {
  /// Its prunable weights.
  package let weights: Int
  /// Its share of the floating-point operations of the weights it is part of, for one example; 0 where they are not known.
  package let flops: Int

  package init(weights: Int, flops: Int) {
    self.weights = weights
    self.flops = flops
  }
}

extension Granularity {
  /// What every unit costs while it is whole, in the order of the units.
  /// - Parameters:
  ///   - structure: what the units are made from; it holds the floating-point operations.
  ///   - shape: the shape of a parameter that is no layer.
  /// - Throws: as a pruning does where units do not fit.
  package func costs(
    of layers: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws -> [UnitCost] {
    let table = try UnitTable(
      self, UnitContext(layers: layers, structure: structure), ignoring: { _ in false }, shape: shape)
    return (0..<table.count).map(table.cost)
  }
}
