import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// What moves the masks of a training: a dynamics with everything it may ask for. A plan has many trainings, of which most have none.
package final class MaskMoves: Sendable {
  package let dynamics: Dynamics
  /// What prunes where the dynamics asks for it.
  package let pruner: Pruner
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  /// The trial's pruning ratio.
  package let ratio: Double?
  package let scoring: ScoringData
  /// The masks before the first move: every prunable weight survives.
  package var start: DynamicMasks {
    DynamicMasks(active: MaskSet(prunable.map { ($0.name, Mask(keepingAll: $0.shape)) }))
  }
  /// The layers that are pruned, whole.
  private let prunable: [PrunableLayer]

  package init(
    _ dynamics: Dynamics, pruner: Pruner, structure: NetworkStructure, ratio: Double?, scoring: ScoringData,
    prunable: [PrunableLayer]
  ) {
    (self.dynamics, self.pruner, self.structure) = (dynamics, pruner, structure)
    (self.ratio, self.scoring) = (ratio, scoring)
    self.prunable = prunable
  }

  /// What its masks depend on.
  var specification: Specification {
    Specification(
      "moves", version: 1,
      [
        ("dynamics", .component(dynamics.specification)),
        ("criterion", .component(pruner.criterion.specification)),
        ("granularity", .component(pruner.granularity.specification)),
        ("allocation", .component(pruner.allocation.specification)),
        ("ratio", ratio.map(Specification.Value.number) ?? .none), ("batch", .integer(scoring.batch)),
      ]
    ).adding([
      ("batches", .integer(scoring.count), neutral: .integer(1)),
      (
        "evidence", .list(pruner.needs.evidence.map { .component($0.specification) }),
        neutral: .list([])
      ),
      (
        "sensitivity",
        pruner.needs.sensitivity
          ? .list(
            [.component(SensitivityStage.criterion.specification)]
              + LayerSensitivity.levels.map(Specification.Value.number)) : .none,
        neutral: .none
      ),
    ])
  }

  func isDue(_ step: Int, _ total: Int, _ regimen: Regimen) throws -> Bool {
    try dynamics.isDue(DynamicsMoment(step: step, total: total, perEpoch: regimen.perEpoch))
  }

  /// The step from which masks hold still: that of the last move; 0 where there is none.
  func settled(_ total: Int, _ regimen: Regimen) throws -> Int {
    try dynamics.lastMove(total: total, perEpoch: regimen.perEpoch)
  }

  /// The masks after the move of a step, and how many of the removed weights are ties.
  ///
  /// - Parameter probes: those of the training, which look at the network of every move.
  /// - Throws: `Interrupted` where an end was asked for while evidence was measured.
  func masks(
    _ masks: DynamicMasks, _ parameters: ParameterSet, _ buffers: ParameterSet, _ step: Int, _ total: Int,
    _ regimen: Regimen, _ context: StageContext, probes: MoveProbes
  ) throws -> (masks: DynamicMasks, ties: Int) {
    let ties = TieCount()
    @Sendable func measure(from first: Int = 0) -> Pruner.Measure {
      { [scoring] evidence, parameters, masks in
        try probes.all.withLock { probes in
          try scoring.measure(
            evidence, regimen, by: probes, parameters, buffers, masks: masks, from: first,
            check: { try context.interruption.check() })
        }
      }
    }
    // Every moment has batches of its own.
    @Sendable func evidence(_ evidence: Evidence) throws -> ParameterSet {
      try measure(from: step)(evidence, parameters, masks.active)
    }
    let state = DynamicsContext(
      moment: DynamicsMoment(step: step, total: total, perEpoch: regimen.perEpoch), ratio: ratio,
      weights: parameters, masks: masks, seed: regimen.seedBits,
      prune: { [self] masks, target in
        let pruning = try pruned(masks, parameters, to: target, regimen, measure()) {
          try scoring.sensitivity(
            regimen, parameters, buffers, masks: masks, granularity: pruner.granularity,
            structure: structure, ignoring: pruner.allocation.ignoring, threads: context.threads,
            check: { try context.interruption.check() })
        }
        ties.count.withLock { $0 += pruning.ties }
        return pruning.masks
      }, evidence: evidence)
    let moved = try dynamics.masks(in: state, by: pruner.allocation, slack: try slack(regimen))
    return (moved, ties.count.withLock { $0 })
  }

  /// How many weights are active after a move as the dynamics declares, and by how many whole units may miss that; `nil` where it
  /// declares nothing.
  func declared(
    from old: MaskSet, to new: MaskSet, step: Int, of total: Int, _ regimen: Regimen
  ) throws -> (count: Int, slack: Int)? {
    let moment = DynamicsMoment(step: step, total: total, perEpoch: regimen.perEpoch)
    guard let target = try dynamics.target(at: moment, ratio: ratio) else { return nil }
    // Masks that grew are counted from the whole network: of a layer no more than is left can be declared.
    let layers = new.keptCount > old.keptCount ? prunable : old.layers
    let count = try pruner.allocation.quota(for: layers, target: target).total
    return (count, count == new.keptCount ? 0 : try slack(regimen))
  }

  /// By how many weights a number may be missed: whole units come to within half of the largest, in each pool that has a number of
  /// its own.
  private func slack(_ regimen: Regimen) throws -> Int {
    guard pruner.granularity != .weight, pruner.granularity.pattern == nil else { return 0 }
    let shapes = Dictionary(
      regimen.model.declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let units = try pruner.granularity.costs(
      of: prunable, structure: structure, shape: { shapes[$0] })
    let quota = try pruner.allocation.quota(for: prunable, target: .sparsity(ratio ?? 0))
    let pools = quota.layers == nil && !pruner.allocation.isMeasured ? 1 : prunable.count
    return pools * (units.map(\.weights).max() ?? 0) / 2
  }

  private func pruned(
    _ active: MaskSet, _ parameters: ParameterSet, to target: PruningTarget, _ regimen: Regimen,
    _ measured: @escaping Pruner.Measure, _ sensitivity: () throws -> LayerSensitivity
  ) throws -> (masks: MaskSet, ties: Int) {
    var all = regimen.model.fullMasks
    all.merge(active)
    let names = Set(active.names)
    let pruning = try pruner.prune(
      ScoringContext(
        weights: all.applied(to: parameters), masks: all,
        initialWeights: pruner.needs.initialWeights ? regimen.initialParameters(draw: 0) : nil,
        seed: regimen.seedBits, structure: structure,
        evidence: try pruner.needs.evidence.map { ($0, try measured($0, parameters, active)) },
        sensitivity: pruner.needs.sensitivity ? sensitivity() : nil),
      structure: structure, to: target, measuring: measured)
    let kept = pruning.masks.filter { names.contains($0.name) || pruning.masks.isCompanion($0.name) }
    return (kept, pruning.report.ties ?? 0)
  }
}

/// The probes of a training whose masks move: traced and compiled at the first move, they look at the network of every further one.
final class MoveProbes: Sendable {
  let all: Mutex<EvidenceProbes>

  init(_ regimen: Regimen, threads: Int) { all = Mutex(EvidenceProbes(regimen, threads: threads)) }
}

/// The ties of the prunings of one move.
private final class TieCount: Sendable {
  let count = Mutex(0)
}
