import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Masks that are made from those of another stage by chance: what that stage kept counts, not which weights they were.
package struct RandomMaskStage: Stage {
  /// What a mask has in common with the one it is made from.
  package enum Likeness: String, Hashable, Sendable {
    /// As many survivors in every layer, at random places.
    case layerCounts = "random-mask"
    /// As many survivors in all layers together, at random places of any layer.
    case total = "random-mask-total"
    /// The same elements in every layer, in another order.
    case elements = "shuffled-mask"
  }

  package let regimen: Regimen
  /// The stage whose counts are kept.
  package let pruning: StageKey
  package let likeness: Likeness
  package let granularity: Granularity
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  package let key: StageKey

  package init(
    _ regimen: Regimen, like pruning: StageKey, in likeness: Likeness = .layerCounts,
    granularity: Granularity, structure: NetworkStructure = .none
  ) {
    self.regimen = regimen
    self.pruning = pruning
    self.likeness = likeness
    self.granularity = granularity
    self.structure = structure
    key = StageKey(
      Specification(
        likeness.rawValue, version: 1,
        [
          ("pruning", pruning.value), ("granularity", .component(granularity.specification)),
          ("seed", .integer(regimen.seed)),
        ]))
  }

  package var parents: [StageKey] { [pruning] }

  package func run(_ context: StageContext) throws -> StageRecord {
    let parent = try context.outputs(of: pruning)
    let random = try masks(like: try context.masks(of: pruning))
    var record = StageRecord(
      key: key.hexadecimal, masks: [("masks", random)],
      numbers: parent.numbers.filter { $0.name == "requested_sparsity" })
    try record.follow(random, of: regimen, context.costs)
    return record
  }

  private func masks(like masks: MaskSet) throws -> MaskSet {
    switch likeness {
    case .layerCounts:
      try granularity.randomMasks(like: masks, structure: structure, seed: regimen.seedBits)
    case .total:
      try granularity.randomMasks(withTotalOf: masks, structure: structure, seed: regimen.seedBits)
    case .elements:
      try granularity.shuffledMasks(of: masks, structure: structure, seed: regimen.seedBits)
    }
  }
}
