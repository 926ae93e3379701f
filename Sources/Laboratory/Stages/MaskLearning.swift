import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// What learns the masks of a training: a learned mask with everything that its end depends on.
package struct MaskLearning: Sendable {
  package let mask: LearnedMask
  /// What cuts to the pruning ratio. Its criterion plays no part: scores are learned.
  private let pruner: Pruner
  /// What the granularity makes units from.
  private let structure: NetworkStructure
  /// The trial's pruning ratio; `nil` where the gates say themselves how much survives.
  package let ratio: Double?
  /// The layers that are pruned, whole.
  private let prunable: [PrunableLayer]
  /// The weights, by place, that compete for one number of survivors.
  private let pools: [[Int]]

  /// The learning of a trial's mask.
  ///
  /// - Throws: `PlanError` where allocation or granularity cannot do what the mask needs.
  package init(
    _ mask: LearnedMask, pruner: Pruner, structure: NetworkStructure, ratio: Double?,
    prunable: [PrunableLayer]
  ) throws {
    (self.mask, self.pruner, self.structure) = (mask, pruner, structure)
    (self.ratio, self.prunable) = (mask.makesMasks ? ratio : nil, prunable)
    pools = try Self.pools(mask, pruner, ratio, prunable)
    if mask.isOfHeads, pruner.granularity.name != "head" {
      throw PlanError.learnedMaskOfHeads(mask, pruner.granularity)
    }
    if mask.makesMasks, ratio != nil, !pruner.allocation.needs.isEmpty || pruner.allocation.isMeasured {
      throw PlanError.learnedMaskMeasured(mask, pruner.allocation)
    }
  }

  private static func pools(
    _ mask: LearnedMask, _ pruner: Pruner, _ ratio: Double?, _ prunable: [PrunableLayer]
  ) throws -> [[Int]] {
    guard mask.keepsCount else { return [] }
    guard pruner.granularity == .weight else {
      throw PlanError.learnedMaskOfUnits(mask, pruner.granularity)
    }
    switch try pruner.allocation.quota(for: prunable, target: .sparsity(ratio ?? 0)) {
    case .pool: return [Array(prunable.indices)]
    case .layers: return prunable.indices.map { [$0] }
    case .flooredPool, .rows: throw PlanError.learnedMaskMeasured(mask, pruner.allocation)
    }
  }

  /// What its masks depend on, beside the regimen.
  var specification: Specification {
    // A penalty is the same however its network is pruned later.
    guard mask.makesMasks else {
      return Specification("learning", version: 1, [("mask", .component(mask.specification))])
    }
    return Specification(
      "learning", version: 1,
      [
        ("mask", .component(mask.specification)),
        ("granularity", .component(pruner.granularity.specification)),
        ("allocation", .component(pruner.allocation.specification)),
        ("ratio", ratio.map(Specification.Value.number) ?? .none),
      ])
  }

  /// The network that is trained.
  ///
  /// - Throws: `TraceError` where the model does not have what the mask needs.
  package func network(_ regimen: Regimen) throws -> Network { try rewrite(regimen).apply(to: regimen.model) }

  private func rewrite(_ regimen: Regimen) throws -> LearnedMaskRewrite {
    LearnedMaskRewrite(
      mask, of: prunable.map(\.name), pools: pools, heads: structure.heads, optimizer: regimen.optimizer,
      end: try inputs(regimen.total, regimen.total, regimen))
  }

  /// The numbers that the network reads in the step after so many.
  func inputs(_ step: Int, _ total: Int, _ regimen: Regimen) throws -> MaskInputs {
    let moment = MaskMoment(step: step, total: total, perEpoch: regimen.perEpoch)
    guard mask.keepsCount else { return try MaskInputs(mask, at: moment) }
    let sparsity = try mask.sparsity(at: moment, ratio: ratio ?? 0)
    let quota = try pruner.allocation.quota(for: prunable, target: .sparsity(sparsity))
    return try MaskInputs(mask, at: moment, survivors: quota.layers ?? [quota.total])
  }

  /// The network's own parameters at the beginning, and behind them the mask's, drawn from the trial's seed.
  func start(_ parameters: ParameterSet, _ network: Network, _ regimen: Regimen) -> ParameterSet {
    var all = network.initialParameters(seed: regimen.seedBits)
    for (name, tensor) in parameters { all[name] = tensor }
    return all
  }

  /// The network that is left of trained parameters: its own parameters, masks, and how many of the removed weights are ties.
  ///
  /// - Parameter isCut: whether it is cut to the pruning ratio, where there is one, or left as the gates have it.
  func left(
    of parameters: ParameterSet, at step: Int, of total: Int, _ regimen: Regimen, isCut: Bool
  ) throws -> (parameters: ParameterSet, masks: MaskSet, ties: Int) {
    let hardened = try rewrite(regimen).hardened(parameters, try inputs(step, total, regimen))
    guard isCut, let ratio else {
      let masks = hardened.masks
      return (hardened.parameters(of: regimen.model, among: parameters, under: masks), masks, 0)
    }
    let scores = hardened.scores
    let learned = Pruner(
      criterion: Criterion("learned-mask") { context in
        try context.scoreEach { name, weight in scores[name] ?? Tensor(repeating: 0, weight.shape) }
      }, granularity: pruner.granularity, allocation: pruner.allocation)
    let pruning = try learned.prune(
      ScoringContext(
        weights: parameters, masks: regimen.model.fullMasks, seed: regimen.seedBits, structure: structure),
      structure: structure, to: .sparsity(ratio))
    let names = Set(prunable.map(\.name))
    let masks = pruning.masks.filter { names.contains($0.name) || pruning.masks.isCompanion($0.name) }
    return (
      hardened.parameters(of: regimen.model, among: parameters, under: masks), masks,
      pruning.report.ties ?? 0
    )
  }
}

extension Trial {
  /// What learns the masks of this trial's training; `nil` where nothing does.
  func learning(
    _ pruner: Pruner, _ structure: NetworkStructure, _ prunable: [PrunableLayer]
  ) throws -> MaskLearning? {
    guard learnedMask != .none else { return nil }
    return try MaskLearning(
      learnedMask, pruner: pruner, structure: structure, ratio: sparsity, prunable: prunable)
  }
}
