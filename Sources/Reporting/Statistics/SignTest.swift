/// The sign test of whether differences lie around 0, exact at every number of them. J. Arbuthnot, "An argument for divine
/// providence", Philosophical Transactions 27, 1710.
///
/// Differences of 0 are left out. Under the hypothesis each sign is as likely as the other, so the number of positive ones is
/// binomial, and p counts both tails that are as far from the middle or farther:
///
///     p = min(1, 2 · Σ_{k ≤ min(n₊, n₋)} C(n, k) / 2ⁿ)
package struct SignTest: Sendable, Equatable {
  /// How many differences are positive.
  package let positive: Int
  /// How many are negative.
  package let negative: Int
  /// The two-sided probability; 1 without differences.
  package let p: Double

  /// Tests these differences; values that are not finite are left out.
  package init(_ differences: [Double]) {
    positive = differences.count { $0.isFinite && $0 > 0 }
    negative = differences.count { $0.isFinite && $0 < 0 }
    p = Self.p(positive, negative)
  }

  private static func p(_ positive: Int, _ negative: Int) -> Double {
    let (count, least) = (positive + negative, min(positive, negative))
    guard 2 * least < count else { return 1 }
    if count <= 60 {
      // Whole numbers, which are exact.
      var (term, tail) = (1, 1)
      for k in 0..<least {
        term = term * (count - k) / (k + 1)
        tail += term
      }
      return Double(2 * tail) / Double(1 << count)
    }
    // C(n, k) as a share of the largest, from the middle outwards: nothing grows beyond what a number holds.
    var term = 1.0
    var (below, tail) = (0.0, 0.0)
    for k in stride(from: count / 2, through: 0, by: -1) {
      if 2 * k < count { below += term }
      if k <= least { tail += term }
      term *= Double(k) / Double(count - k + 1)
    }
    let middle = count.isMultiple(of: 2) ? 1.0 : 0
    return 2 * tail / (2 * below + middle)
  }
}
