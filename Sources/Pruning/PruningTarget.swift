import CoppiceTerms

/// What a round is asked to reach.
public enum PruningTarget: Hashable, Sendable {
  /// This fraction, 0 ≤ s < 1, of the prunable weights removed when the round is over, counting those that earlier
  /// rounds removed. Of n weights round(s · n) are removed, half away from zero.
  case sparsity(Double)

  /// This fraction, 0 < p < 1, of the weights that survive until now removed, and of what is left again, `times`
  /// times over: rounds of a ladder, each rounded by itself, taken at one stroke where `times` is above 1.
  case rate(Double, times: Int)
}

extension PruningTarget {
  /// How often a rate may be taken at one stroke: more than anyone can train are a slip of the pen.
  package static let possibleRounds = SpecificationReader.possibleRounds

  /// Refuses a target out of range.
  package func check() throws(PruningError) {
    switch self {
    case .sparsity(let sparsity):
      guard sparsity >= 0, sparsity < 1 else { throw .ratioOutOfRange(sparsity) }
    case .rate(let rate, let times):
      guard rate > 0, rate < 1 else { throw .rateOutOfRange(rate, of: "pruning in a round") }
      guard Self.possibleRounds.contains(times) else { throw .roundsOutOfRange(times) }
    }
  }
}

extension PruningTarget {
  /// How many of `count` weights, of which `survivors` survive until now, shall survive the round. `relativeRate`
  /// scales the rate, and has no part in a sparsity.
  func survivors(of survivors: Int, count: Int, relativeRate: Double = 1) -> Int {
    switch self {
    case .sparsity(let sparsity):
      return min(survivors, count - (sparsity * Double(count)).roundedCount)
    case .rate(let rate, let times):
      var left = survivors
      for _ in 0..<times { left -= min(left, (relativeRate * rate * Double(left)).roundedCount) }
      return left
    }
  }
}

extension Double {
  /// The nearest whole number, half away from zero: the one rounding of every count of weights.
  var roundedCount: Int { Int(exactly: rounded(.toNearestOrAwayFromZero)) ?? (self > 0 ? .max : 0) }
}
