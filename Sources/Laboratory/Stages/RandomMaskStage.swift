import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// The random-mask control: as many survivors in every layer as a pruning left, at random places.
package struct RandomMaskStage: Stage {
  package let regimen: Regimen
  /// The pruning whose counts are kept.
  package let pruning: StageKey
  package let granularity: Granularity
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  package let key: StageKey

  package init(
    _ regimen: Regimen, like pruning: StageKey, granularity: Granularity, structure: NetworkStructure = .none
  ) {
    self.regimen = regimen
    self.pruning = pruning
    self.granularity = granularity
    self.structure = structure
    key = StageKey(
      Specification(
        "random-mask", version: 1,
        [
          ("pruning", pruning.value), ("granularity", .component(granularity.specification)),
          ("seed", .integer(regimen.seed)),
        ]))
  }

  package var parents: [StageKey] { [pruning] }

  package func run(_ context: StageContext) throws -> StageRecord {
    let parent = try context.outputs(of: pruning)
    let random = try granularity.randomMasks(
      like: try context.masks(of: pruning), structure: structure, seed: regimen.seedBits)
    var record = StageRecord(
      key: key.hexadecimal, masks: [("masks", random)],
      numbers: parent.numbers.filter { $0.name == "requested_sparsity" })
    try record.follow(random, of: regimen, context.costs)
    return record
  }
}
