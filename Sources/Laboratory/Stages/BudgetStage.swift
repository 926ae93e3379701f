import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// How many steps a pruned network may make where the dense one would make some: as many as cost the same operations, and no more than
/// twice as many. What a step costs under masks is known once these are there.
struct BudgetStage: Stage {
  let regimen: Regimen
  /// The stage with the masks.
  let masks: StageKey
  /// The steps of the dense network.
  let planned: Int
  /// A training that a stop rule may have ended, which then is the dense network's; `nil` where the plan knows its steps.
  let predecessor: TrainingStage.Predecessor?
  let key: StageKey

  init(
    _ regimen: Regimen, of masks: StageKey, steps planned: Int, after predecessor: TrainingStage.Predecessor?
  ) {
    (self.regimen, self.masks, self.planned, self.predecessor) = (regimen, masks, planned, predecessor)
    key = StageKey(
      Specification(
        "budget", version: 1,
        [
          ("masks", masks.value), ("regimen", .component(regimen.specification)),
          ("steps", .integer(planned)),
        ]
      ).adding([("predecessor", predecessor?.value ?? .none, neutral: .none)]))
  }

  var parents: [StageKey] { [masks] + (predecessor.map { [$0.training] } ?? []) }

  func run(_ context: StageContext) throws -> StageRecord {
    let costs = try context.costs.costs(of: regimen)
    let ratio = costs.flopsPerStep / costs.flopsPerStep(DynamicMasks(active: try context.masks(of: masks)))
    let difference = try predecessor.map { try $0.difference(in: context.outputs(of: $0.training)) } ?? 0
    let steps = Double(planned + difference) * min(2, max(1, ratio.isFinite ? ratio : 2))
    return StageRecord(key: key.hexadecimal, numbers: [("step", [steps.rounded(.down)])])
  }
}
