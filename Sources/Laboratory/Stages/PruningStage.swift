import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Prunes the network of a training: scores, then masks that are subsets of those before.
package struct PruningStage: Stage {
  package let setting: TrainingSetting
  /// The training whose network is pruned.
  package let training: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  package let pruner: Pruner
  package let target: PruningTarget
  package let scoringBatch: Int
  package let key: StageKey

  package init(
    _ setting: TrainingSetting, of training: StageKey, masks: StageKey?, pruner: Pruner,
    target: PruningTarget, scoringBatch: Int
  ) {
    self.setting = setting
    self.training = training
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
          ("training", training.value), ("masks", masks?.value ?? .none),
          ("criterion", .component(pruner.criterion.specification)),
          ("granularity", .component(pruner.granularity.specification)),
          ("allocation", .component(pruner.allocation.specification)), ("target", wanted),
          ("seed", needs.isEmpty ? .none : .integer(setting.seed)),
          ("scoring-batch", needs.contains(.gradients) ? .integer(scoringBatch) : .none),
        ]))
  }

  package var parents: [StageKey] { [training] + (masks.map { [$0] } ?? []) }
  package var steps: Int { 0 }

  package func run(_ context: StageContext) throws -> StageRecord {
    let trained = try context.outputs(of: training)
    guard let weights = trained[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: training.short)
    }
    let buffers = trained[parameters: "buffers"] ?? ParameterSet()
    // The pruner sees every prunable layer; those the allocation ignores have no mask in what is stored.
    var before = setting.model.fullMasks
    let prunable = try pruner.allocation.prunable(among: before).names
    if let masks { for (name, mask) in try context.masks(of: masks) { before[name] = mask } }
    let scoring = ScoringContext(
      weights: weights, masks: before, initialWeights: setting.initialParameters(draw: 0),
      seed: setting.seedBits, gradients: { try gradients(weights, buffers) })
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
    let batch = min(scoringBatch, setting.data.stepsPerEpoch(batchSize: 1))
    var batches = try Batches(
      setting.data.split.training, of: setting.data.dataset, batchSize: batch, seed: setting.seedBits,
      stream: .score)
    return try GradientProbe.gradients(setting.model, weights, buffers, batch: batch) {
      batches.fill(0, $0, $1)
    }
  }
}
