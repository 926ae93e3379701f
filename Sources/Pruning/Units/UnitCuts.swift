import CoppiceTensors

/// The masks of a network without some of its units: what is asked one unit at a time, and not by scores.
package struct UnitCuts: Sendable {
  private let table: UnitTable
  private let whole: MaskSet

  /// The units of a granularity.
  /// - Parameters:
  ///   - masks: which weights survive before a unit goes.
  ///   - ignoring: parameters that are left alone, as an allocation names them.
  ///   - shape: the shape of a parameter that is no layer.
  /// - Throws: as a pruning does where units do not fit.
  package init(
    _ granularity: Granularity, among masks: MaskSet, structure: NetworkStructure, ignoring: [String],
    shape: (String) -> Shape?
  ) throws {
    let isIgnored = { (name: String) in ignoring.contains { name.isInScope(of: $0) } }
    table = try UnitTable(
      granularity,
      UnitContext(layers: masks.layers.filter { !isIgnored($0.name) }, structure: structure),
      ignoring: isIgnored, shape: shape)
    whole = masks
  }

  /// How many units there are.
  package var count: Int { table.count }

  /// The parameter that the first slice of a unit is of.
  package func parameter(of unit: Int) -> String {
    table.spans(of: unit).first.map { table.parameters[$0.parameter].name } ?? ""
  }

  /// The prunable weights of a unit.
  package func weights(of unit: Int) -> Int { table.cost(of: unit).weights }

  /// The masks without these units.
  package func masks(without units: [Int]) -> MaskSet {
    var bytes = table.parameters.map { name, shape in
      whole[name]?.bytes ?? [UInt8](repeating: 1, count: shape.count)
    }
    for span in units.flatMap(table.spans(of:)) {
      for element in span.elements { bytes[span.parameter][element] = 0 }
    }
    return whole.replacing(table, with: bytes)
  }
}
