import CoppiceTensors

/// The families of coupled units of a network, of which one at a time can be pruned alone.
package struct UnitFamilies: Sendable {
  private let selection: UnitSelection
  private let order: [[Int]]
  private let masks: MaskSet
  /// How many units each family has, gone or not.
  package let sizes: [Int]

  /// The families of a network under the masks of a context, with units in the order of a pruner's scores.
  package init(_ pruner: Pruner, _ context: ScoringContext, structure: NetworkStructure) throws {
    selection = try pruner.unitSelection(
      context, structure, pruner.criterion.scores(in: context))
    (order, sizes, masks) = (selection.familyOrder, selection.table.familySizes, context.masks)
  }

  /// How many units of a family survive.
  package func survivors(of family: Int) -> Int { order[family].count }

  /// The masks with so many units of one family left: those with the highest scores.
  package func masks(_ family: Int, keeping count: Int) -> MaskSet {
    var left = selection
    for unit in order[family].prefix(max(0, order[family].count - count)) { left.remove(unit) }
    left.removeCompanions()
    return masks.replacing(selection.table, with: left.masks)
  }
}
