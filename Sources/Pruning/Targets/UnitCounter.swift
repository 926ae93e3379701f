import CoppiceTensors

/// How many of its units a network still has under masks.
package struct UnitCounter: Sendable {
  /// `nil` for single weights.
  private let table: UnitTable?
  private let layers: Set<String>
  /// How many units there are.
  package let count: Int

  /// The units of a network, whole.
  /// - Parameters:
  ///   - all: every prunable layer.
  ///   - shape: the shape of a parameter that is no layer.
  package init(
    _ pruner: Pruner, among all: [PrunableLayer], structure: NetworkStructure = .none,
    shape: (String) -> Shape? = { _ in nil }
  ) throws {
    let prunable = try pruner.prunable(among: all, structure: structure)
    layers = Set(prunable.map(\.name))
    if try pruner.granularity.prunesSingleWeights(of: prunable) {
      (table, count) = (nil, prunable.reduce(0) { $0 + $1.count })
      return
    }
    let made = try pruner.table(among: all, structure: structure, shape: shape)
    (table, count) = (made, made.count)
  }

  /// How many have a survivor. A layer without a mask is whole.
  package func survivors(in masks: MaskSet) -> Int {
    guard let table else { return masks.filter { layers.contains($0.name) }.keptCount }
    let bytes = table.parameters.prefix(table.layerCount).map { masks[$0.name]?.bytes }
    return (0..<table.count).count { unit in
      table.spans(of: unit).contains { span in
        guard span.parameter < table.layerCount else { return false }
        guard let bytes = bytes[span.parameter] else { return true }
        return bytes[span.elements].contains { $0 != 0 }
      }
    }
  }
}
