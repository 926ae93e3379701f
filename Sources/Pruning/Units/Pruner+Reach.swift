import CoppiceTensors

extension Pruner {
  /// How many weights stay at least where units are coupled: those of the units that no family gives; 0 for other units.
  /// - Parameters:
  ///   - all: every prunable layer, whole.
  ///   - shape: the shape of a parameter that is no layer.
  package func leastSurvivors(
    among all: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws -> Int {
    guard let coupling = granularity.coupling else { return 0 }
    let candidates = try allocation.prunable(among: all)
    let ignored = Set(all.map(\.name)).subtracting(candidates.map(\.name))
    let table = try UnitTable(
      granularity, UnitContext(layers: candidates, structure: structure), ignoring: ignored.contains,
      shape: shape)
    var selection = UnitSelection(
      table, masks: table.parameters.map { [UInt8](repeating: 1, count: $0.shape.count) })
    // Units of a family are alike, so that it does not matter which of them stay.
    var sizes = [Int](repeating: 0, count: table.familyCount)
    for family in table.families { sizes[family] += 1 }
    var left = sizes.map(coupling.least)
    for (unit, family) in table.families.enumerated() {
      if left[family] > 0 { left[family] -= 1 } else { selection.remove(unit) }
    }
    return selection.masks.prefix(table.layerCount).reduce(0) { $0 + $1.reduce(0) { $0 + Int($1) } }
  }

  /// Refuses a pruning that coupled units cannot come to.
  /// - Parameters:
  ///   - survivors: how many weights are to survive.
  ///   - least: how many stay at least.
  ///   - largest: how many weights the largest unit has: whole units come to within half of it.
  package func checkReach(
    _ survivors: Int, least: Int, of layers: [PrunableLayer], largest: Int
  ) throws(PruningError) {
    let count = layers.reduce(0) { $0 + $1.count }
    guard let coupling = granularity.coupling, 2 * survivors + largest < 2 * least, count > 0 else { return }
    throw .coupledFloor(
      sparsity: 1 - Double(survivors) / Double(count), most: 1 - Double(least) / Double(count), coupling,
      granularity: granularity.name)
  }
}
