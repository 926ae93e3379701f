import CoppiceTensors

/// One layer, as a criterion that solves it sees it.
public struct SolverContext: Sendable {
  /// The name of the layer's parameter: `fc1.weight`.
  public let parameter: String
  /// The weight, pruned elements +0.
  public let weight: Tensor
  /// Which elements survive until now.
  public let mask: Mask
  /// How many shall survive.
  public let survivors: Int
  /// The pattern that is to be kept; `nil` where weights may go wherever they are.
  package let pattern: GroupPattern?
  /// Everything else the criterion declares to read.
  public let context: ScoringContext
  /// The name of the criterion that solves.
  let criterion: String

  /// The survivors with the highest of these scores, as many as shall survive. Equal scores are told apart by the stream of the
  /// trial's seed, as in every selection.
  /// - Throws: `PruningError` where the scores are not shaped like the weight, or one of a survivor is not finite.
  public func survivors(byScore scores: Tensor) throws(PruningError) -> Mask {
    try lowest(mask.keptCount - survivors, of: mask, byScore: scores)
  }

  /// A mask without so many of its survivors, those with the lowest of these scores.
  func lowest(_ count: Int, of mask: Mask, byScore scores: Tensor) throws(PruningError) -> Mask {
    guard scores.shape == mask.shape else {
      throw .scoreShape(scores.shape, of: parameter, shape: mask.shape, criterion: criterion)
    }
    if let index = mask.bytes.indices.first(where: { mask.bytes[$0] != 0 && !scores.scalars[$0].isFinite }) {
      throw .scoreNotFinite(scores.scalars[index], of: parameter, index: index, criterion: criterion)
    }
    var candidate = Candidate(
      name: parameter, scores: scores.scalars, mask: mask, ties: context.ties(for: parameter))
    _ = candidate.removeLowest(count)
    return candidate.mask
  }

  /// What an evidence found for this layer. Needs `.evidence(…)`.
  public func evidence(_ evidence: Evidence) throws(PruningError) -> Tensor {
    try context.evidence(evidence, for: parameter)
  }
}

extension Criterion {
  /// All parameters and running statistics after a cut to `masks`, where the criterion moves survivors; `nil` where it does not.
  /// - Throws: `PruningError` where a weight has another shape, is not finite, or is not 0 though pruned; and whatever the
  ///   criterion itself throws.
  func compensated(
    _ context: ScoringContext, for masks: MaskSet
  ) throws -> (weights: ParameterSet, statistics: ParameterSet)? {
    guard case .scores(_, let compensate?) = method else { return nil }
    let moved = try compensate(context.limited(to: needs, of: name), masks)
    var (weights, statistics) = (context.weights, context.statistics)
    for (parameter, weight) in moved {
      if let before = weights[parameter] {
        try check(weight, of: parameter, shape: before.shape, masks[parameter])
        weights[parameter] = weight
      } else if let before = statistics[parameter] {
        try check(weight, of: parameter, shape: before.shape, nil)
        statistics[parameter] = weight
      } else {
        throw PruningError.movedUnknown(parameter, criterion: name)
      }
    }
    return (masks.applied(to: weights), statistics)
  }

  /// The masks and all parameters after each layer is solved with as many survivors as its quota says; `nil` where the criterion
  /// is no solver.
  func solved(
    _ context: ScoringContext, _ prunable: MaskSet, quota: [Int], pattern: GroupPattern? = nil
  ) throws -> (masks: MaskSet, weights: ParameterSet)? {
    guard case .solution(let solve) = method else { return nil }
    let limited = context.limited(to: needs, of: name)
    var (masks, weights) = (context.masks, context.weights)
    for ((parameter, before), survivors) in zip(prunable, quota) {
      guard let weight = weights[parameter] else {
        throw PruningError.missingParameter(parameter, in: "weights")
      }
      let layer = SolverContext(
        parameter: parameter, weight: before.applied(to: weight), mask: before, survivors: survivors,
        pattern: pattern, context: limited, criterion: name)
      let (mask, solution) = try solve(layer)
      guard mask.shape == weight.shape else {
        throw PruningError.maskShape(mask.shape, of: parameter, shape: weight.shape)
      }
      guard mask.keptCount == survivors else {
        throw PruningError.solvedCount(mask.keptCount, wanted: survivors, of: parameter, criterion: name)
      }
      try check(solution, of: parameter, shape: weight.shape, mask)
      masks[parameter] = mask
      weights[parameter] = solution
    }
    return (masks, masks.applied(to: weights))
  }

  private func check(_ weight: Tensor, of parameter: String, shape: Shape, _ mask: Mask?) throws(PruningError)
  {
    guard weight.shape == shape else {
      throw .movedShape(weight.shape, of: parameter, shape: shape, criterion: name)
    }
    if let index = weight.scalars.firstIndex(where: { !$0.isFinite }) {
      throw .movedNotFinite(weight.scalars[index], of: parameter, index: index, criterion: name)
    }
    guard let mask else { return }
    if let index = mask.bytes.indices.first(where: { mask.bytes[$0] == 0 && weight.scalars[$0] != 0 }) {
      throw .movedPruned(weight.scalars[index], of: parameter, index: index, criterion: name)
    }
  }
}
