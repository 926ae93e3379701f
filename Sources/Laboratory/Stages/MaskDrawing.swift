import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// What draws masks on the way of a training that a stop rule may end by them: the pruning that follows it, asked beforehand.
package struct MaskDrawing: Sendable {
  package let rule: StopRule
  /// Steps between drawings, the first being so far from the beginning.
  package let interval: Int
  /// With how many masks before it each one is compared.
  package let memory: Int
  private let pruner: Pruner
  /// What the granularity makes units from.
  private let structure: NetworkStructure
  /// What the first pruning is asked to reach.
  private let target: PruningTarget

  /// What draws the masks of a trial's rule.
  ///
  /// - Parameters:
  ///   - target: what the first pruning is asked to reach; `nil` where there is none.
  ///   - prunable: the layers that are pruned, whole.
  /// - Throws: `PlanError` where no mask can be drawn from weights alone, or what is drawn decides nothing.
  init(
    _ rule: StopRule, by pruner: Pruner, _ structure: NetworkStructure, to target: PruningTarget?,
    _ prunable: [PrunableLayer], _ regimen: Regimen
  ) throws {
    guard let drawing = rule.drawing else { throw PlanError.searchWithoutDrawings(rule) }
    guard let target else { throw PlanError.searchWithoutPruning(rule) }
    (self.rule, self.pruner, self.structure, self.target) = (rule, pruner, structure, target)
    interval = try drawing.interval.iterations(perEpoch: regimen.perEpoch, of: regimen.total)
    memory = drawing.memory
    guard interval > 0, StopRule.possibleMemory.contains(memory) else {
      throw PlanError.searchWithoutDrawings(rule)
    }
    let (criterion, needs) = (pruner.criterion, pruner.needs)
    guard needs.evidence.isEmpty, !needs.sensitivity, !criterion.solves, !criterion.movesSurvivors,
      criterion.rounds == 1
    else {
      throw PlanError.searchBeyondWeights(rule, criterion, pruner.allocation)
    }
    guard earliestEnd < regimen.total else {
      throw PlanError.searchTooShort(rule, earliest: earliestEnd, total: regimen.total)
    }
    let quota = try pruner.quota(for: prunable, target: target)
    let count = prunable.map(\.count).total
    // Of masks with as many survivors, no more can differ than survive, or are pruned, in both.
    let most = count == 0 ? 0 : Double(2 * min(quota.total, count - quota.total)) / Double(count)
    guard rule.reason(at: [Double](repeating: most, count: memory)) == nil else {
      throw PlanError.searchWithoutQuestion(rule, most: most)
    }
  }

  /// What its masks and decisions depend on, beside the regimen.
  var specification: Specification {
    Specification(
      "drawing", version: 1,
      [
        ("rule", .component(rule.identity)), ("criterion", .component(pruner.criterion.specification)),
        ("granularity", .component(pruner.granularity.specification)),
        ("allocation", .component(pruner.allocation.specification)), ("target", target.value),
      ])
  }

  /// The first step at which it may end a training.
  package var earliestEnd: Int { interval * (memory + 1) }

  /// Whether a mask is drawn after so many steps.
  func isDue(_ step: Int) -> Bool { step > 0 && step % interval == 0 }

  /// How many masks have been drawn before the step that follows so many.
  func count(before step: Int) -> Int { max(0, step - 1) / interval }

  /// The mask that the pruning would cut now.
  ///
  /// - Throws: as `Pruner.prune`.
  func mask(of parameters: ParameterSet, _ regimen: Regimen) throws -> MaskSet {
    let own = ParameterSet(
      regimen.model.declarations.compactMap { one in parameters[one.name].map { (one.name, $0) } })
    let pruning = try pruner.prune(
      ScoringContext(
        weights: own, masks: regimen.model.fullMasks,
        initialWeights: pruner.needs.initialWeights ? regimen.initialParameters(draw: 0) : nil,
        seed: regimen.seedBits, structure: structure),
      structure: structure, to: target)
    let prunable = try Set(pruner.prunable(among: regimen.model.fullMasks, structure: structure).names)
    return pruning.masks.filter { prunable.contains($0.name) }
  }
}
