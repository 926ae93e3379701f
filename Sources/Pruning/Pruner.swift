import CoppiceTensors

/// One pruning: scores, then as many weights removed in each layer as the allocation says.
package struct Pruner: Hashable, Sendable {
  package let criterion: Criterion
  package let granularity: Granularity
  package let allocation: Allocation

  package init(
    criterion: Criterion, granularity: Granularity = .weight, allocation: Allocation = .global
  ) {
    self.criterion = criterion
    self.granularity = granularity
    self.allocation = allocation
  }

  /// The masks after one more round, subsets of those before it, and an account of them. Layers that the allocation
  /// ignores keep their masks and appear in no account.
  /// - Throws: `PruningError`, and whatever a user's criterion or allocation or the gradient throws.
  package func prune(_ context: ScoringContext, to target: PruningTarget) throws -> Pruning {
    let prunable = try allocation.prunable(among: context.masks)
    for (name, mask) in prunable {
      guard let weight = context.weights[name] else {
        throw PruningError.missingParameter(name, in: "weights")
      }
      guard weight.shape == mask.shape else {
        throw PruningError.maskShape(mask.shape, of: name, shape: weight.shape)
      }
    }
    let quota = try allocation.quota(for: prunable.layers, target: target)
    let scores = try criterion.scores(in: context)
    var candidates = try prunable.map { name, mask in
      Candidate(
        name: name, scores: scores[name]?.scalars ?? [], mask: mask,
        elementsPerUnit: try granularity.elementsPerUnit(of: name, mask.shape))
    }
    switch quota {
    case .pool(let total): Selection.removeLowest(prunable.keptCount - total, from: &candidates)
    case .layers(let counts):
      for (index, count) in counts.enumerated() {
        var layer = [candidates[index]]
        Selection.removeLowest(layer[0].mask.keptCount - count, from: &layer)
        candidates[index] = layer[0]
      }
    }
    var masks = context.masks
    for candidate in candidates { masks[candidate.name] = candidate.mask }
    for (name, mask) in masks {
      guard let before = context.masks[name], mask.isSubset(of: before) else {
        throw PruningError.maskGrew(name)
      }
    }
    return Pruning(
      masks: masks, report: PruningReport(target: target, quota: quota, before: prunable, after: masks))
  }
}

/// What a round of pruning came to.
package struct Pruning: Hashable, Sendable {
  package let masks: MaskSet
  package let report: PruningReport
}

extension MaskSet {
  /// The layers as an allocation sees them.
  package var layers: [PrunableLayer] {
    map { PrunableLayer(name: $0.name, shape: $0.mask.shape, survivors: $0.mask.keptCount) }
  }
}
