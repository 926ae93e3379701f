/// Wilcoxon's signed-rank test of whether differences lie around 0, exact at every number of them. F. Wilcoxon, "Individual
/// comparisons by ranking methods", Biometrics Bulletin 1, 1945.
///
/// The statistic is the sum of the ranks of |d| over the positive d. Differences of 0 are left out, equal magnitudes share the mean of
/// their ranks. Under the hypothesis every sign is as likely as the other, and p counts the sign patterns that are as far from the
/// middle or farther, on both sides.
package struct SignedRankTest: Sendable, Equatable {
  /// How many differences are not 0.
  package let count: Int
  /// The two-sided probability; 1 without differences.
  package let p: Double

  /// Tests these differences; values that are not finite are left out.
  package init(_ differences: [Double]) {
    let values = differences.filter { $0.isFinite && $0 != 0 }
    count = values.count
    let ranks = Self.doubledRanks(values.map(abs))
    let positive = zip(values, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    // How many of the 2ⁿ sign patterns give each sum, as shares.
    let highest = ranks.reduce(0, +)
    var shares = [Double](repeating: 0, count: highest + 1)
    shares[0] = 1
    for rank in ranks {
      for sum in stride(from: highest, through: 0, by: -1) {
        shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
      }
    }
    let distance = abs(2 * positive - highest)
    p = shares.indices.reduce(0) { abs(2 * $1 - highest) >= distance ? $0 + shares[$1] : $0 }
  }

  /// The least p that so many differences can give: 0.03125 at six.
  package static func leastP(_ count: Int) -> Double {
    count == 0 ? 1 : 2 / (0..<count).reduce(1) { power, _ in power * 2 }
  }

  /// Twice the rank of each value from 1 up, so that the means that equal values share are whole.
  private static func doubledRanks(_ values: [Double]) -> [Int] {
    values.map { value in
      let (below, equal) = (values.count { $0 < value }, values.count { $0 == value })
      return 2 * below + equal + 1
    }
  }
}
