import CoppiceTensors

// A criterion with rounds makes one pruning in several cuts.

extension Quota {
  /// The quota of one of several cuts. Densities fall by one factor from cut to cut, and the last has the whole quota's own
  /// numbers.
  /// - Parameter prunable: the masks before the first cut.
  func part(_ round: Int, of rounds: Int, from prunable: MaskSet) -> Quota {
    guard round < rounds else { return self }
    let share = Double(round) / Double(rounds)
    func part(_ last: Int, from first: Int) -> Int {
      guard first > last else { return last }
      // What ends at no weight goes by way of half a weight.
      let factor = Elementary.pow(Swift.max(Double(last), 0.5) / Double(first), share)
      return Swift.min(first, Swift.max(last, (Double(first) * factor).roundedCount))
    }
    func parts(_ counts: [Int]) -> [Int] { zip(counts, prunable).map { part($0, from: $1.mask.keptCount) } }
    switch self {
    case .pool(let total): return .pool(part(total, from: prunable.keptCount))
    case .flooredPool(let total, let floors):
      return .flooredPool(part(total, from: prunable.keptCount), floors: floors)
    case .layers(let counts): return .layers(parts(counts))
    case .rows(let counts): return .rows(parts(counts))
    }
  }
}

extension ScoringContext {
  /// The context after a cut that others follow.
  /// - Parameter measuring: measures what the criterion reads again.
  /// - Throws: `PruningError.unavailable` where the criterion reads evidence and nothing measures it again.
  func after(
    _ masks: MaskSet, _ weights: ParameterSet?, _ statistics: ParameterSet? = nil, for criterion: Criterion,
    measuring: Pruner.Measure?
  ) throws -> ScoringContext {
    let weights = masks.applied(to: weights ?? self.weights)
    return try with(weights, masks, statistics) { evidence, known in
      // What only the allocation reads has done its part.
      guard criterion.needs.evidence.contains(evidence) else { return known }
      guard let measuring else {
        throw PruningError.unavailable(.evidence(evidence), criterion: criterion.name)
      }
      return try measuring(evidence, weights, masks)
    }
  }
}
