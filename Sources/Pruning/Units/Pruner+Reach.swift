import CoppiceTensors

extension Pruner {
  /// How many weights stay at least where units are coupled: those of the units that no family gives; 0 for other units.
  /// - Parameters:
  ///   - all: every prunable layer, whole.
  ///   - shape: the shape of a parameter that is no layer.
  package func leastSurvivors(
    among all: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws -> Int {
    guard granularity.coupling != nil else { return 0 }
    let selection = try leastSelection(among: all, structure: structure, shape: shape)
    return selection.masks.prefix(selection.table.layerCount).reduce(0) { $0 + $1.reduce(0) { $0 + Int($1) } }
  }

  /// Refuses a multiple of units that no family exceeds, so that none could give any.
  /// - Parameters:
  ///   - all: every prunable layer, whole.
  ///   - shape: the shape of a parameter that is no layer.
  package func checkMultiple(
    among all: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws {
    guard let coupling = granularity.coupling, coupling.multiple > 1 else { return }
    let sizes = try table(among: all, structure: structure, shape: shape).familySizes
    guard sizes.allSatisfy({ $0 <= coupling.multiple }) else { return }
    throw PruningError.multipleBeyondFamilies(
      coupling.multiple, largest: sizes.max() ?? 0, granularity: granularity.name)
  }

  /// The masks under which as little is left as the granularity lets stay, companions among them: of coupled units those that no
  /// family gives, of others nothing.
  /// - Parameters:
  ///   - all: every prunable layer, whole.
  ///   - shape: the shape of a parameter that is no layer.
  package func leastMasks(
    among all: [PrunableLayer], structure: NetworkStructure = .none, shape: (String) -> Shape? = { _ in nil }
  ) throws -> MaskSet {
    let layers = try prunable(among: all, structure: structure)
    let masks = MaskSet(all.map { ($0.name, Mask(keepingAll: $0.shape)) })
    guard granularity.isOfUnits else {
      return MaskSet(layers.map { ($0.name, Mask($0.shape, [UInt8](repeating: 0, count: $0.count))) })
    }
    var selection = try leastSelection(among: all, structure: structure, shape: shape)
    selection.removeCompanions()
    return masks.replacing(selection.table, with: selection.masks)
  }

  /// The units of a network, whole.
  func table(
    among all: [PrunableLayer], structure: NetworkStructure, shape: (String) -> Shape?
  ) throws -> UnitTable {
    let candidates = try allocation.prunable(among: all)
    let ignored = Set(all.map(\.name)).subtracting(candidates.map(\.name))
    return try UnitTable(
      granularity, UnitContext(layers: candidates, structure: structure), ignoring: ignored.contains,
      shape: shape)
  }

  /// The units that stay at least: units of a family are alike, so that it does not matter which of them.
  private func leastSelection(
    among all: [PrunableLayer], structure: NetworkStructure, shape: (String) -> Shape?
  ) throws -> UnitSelection {
    let table = try table(among: all, structure: structure, shape: shape)
    var selection = UnitSelection(
      table, masks: table.parameters.map { [UInt8](repeating: 1, count: $0.shape.count) })
    guard let coupling = granularity.coupling else {
      for unit in 0..<table.count { selection.remove(unit) }
      return selection
    }
    var left = table.familySizes.map(coupling.least)
    for (unit, family) in table.families.enumerated() {
      if left[family] > 0 { left[family] -= 1 } else { selection.remove(unit) }
    }
    return selection
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
