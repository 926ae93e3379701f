import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Prunes the network of a stage: scores, then masks that are subsets of those before.
package struct PruningStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is pruned.
  package let network: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  package let pruner: Pruner
  package let target: PruningTarget
  package let scoringBatch: Int
  package let key: StageKey

  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, pruner: Pruner,
    target: PruningTarget, scoringBatch: Int
  ) {
    self.regimen = regimen
    self.network = network
    self.masks = masks
    self.pruner = pruner
    self.target = target
    self.scoringBatch = scoringBatch
    let wanted: Specification.Value =
      switch target {
      case .sparsity(let sparsity): .number(sparsity)
      case .rate(let rate, let times): .list([.number(rate), .integer(times)])
      }
    let needs = pruner.criterion.needs
    key = StageKey(
      Specification(
        "pruning", version: 1,
        [
          ("network", network.value), ("criterion", .component(pruner.criterion.specification)),
          ("granularity", .component(pruner.granularity.specification)),
          ("allocation", .component(pruner.allocation.specification)), ("target", wanted),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("seed", needs.isEmpty ? .none : .integer(regimen.seed), neutral: .none),
        ("scoring-batch", needs.contains(.gradients) ? .integer(scoringBatch) : .none, neutral: .none),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { [$0] } ?? []) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let trained = try context.outputs(of: network)
    guard let parameters = trained[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    let buffers = trained[parameters: "buffers"] ?? ParameterSet()
    // The pruner sees every prunable layer; those the allocation ignores have no mask in what is stored.
    var before = regimen.model.fullMasks
    let prunable = try pruner.allocation.prunable(among: before).names
    if let masks { for (name, mask) in try context.masks(of: masks) { before[name] = mask } }
    // A network that was not trained under these masks still has weights that they prune.
    let weights = before.applied(to: parameters)
    let scoring = ScoringContext(
      weights: weights, masks: before, initialWeights: regimen.initialParameters(draw: 0),
      seed: regimen.seedBits, gradients: { try gradients(weights, buffers) })
    let pruning = try pruner.prune(scoring, to: target)
    var record = StageRecord(
      key: key.hexadecimal,
      masks: [("masks", MaskSet(pruning.masks.filter { prunable.contains($0.name) }.map { $0 }))],
      numbers: [("requested_sparsity", [pruning.report.requestedSparsity])])
    let collapsed = pruning.report.collapsedLayers
    if !collapsed.isEmpty {
      record.metadata = JSON.object([("collapsed", .list(collapsed.map(JSON.text)))])
    }
    return record
  }

  @Sendable private func gradients(_ weights: ParameterSet, _ buffers: ParameterSet) throws -> ParameterSet {
    let batch = min(scoringBatch, regimen.data.stepsPerEpoch(batchSize: 1))
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: batch, seed: regimen.seedBits,
      stream: .score)
    return try GradientProbe.gradients(regimen.model, weights, buffers, batch: batch) {
      batches.fill(0, $0, $1)
    }
  }
}
