/// Spearman's rank correlation of two quantities: the correlation of their ranks, of which equal values share the mean. C. Spearman,
/// "The proof and measurement of association between two things", American Journal of Psychology 15, 1904.
///
///     ρ = Σ (r − r̄)(s − s̄) / √(Σ (r − r̄)² · Σ (s − s̄)²)
package struct RankCorrelation: Sendable, Equatable {
  /// How many pairs have both values.
  package let count: Int
  /// −1…1; `nil` below two pairs, or where all values of one quantity are equal.
  package let coefficient: Double?

  /// The correlation of pairs; one of which a value is not finite is left out.
  package init(_ pairs: [(Double, Double)]) {
    let pairs = pairs.filter { $0.0.isFinite && $0.1.isFinite }
    count = pairs.count
    let (first, second) = (Self.centredRanks(pairs.map(\.0)), Self.centredRanks(pairs.map(\.1)))
    func sum(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let product = sum(first, first) * sum(second, second)
    coefficient = product > 0 ? sum(first, second) / product.squareRoot() : nil
  }

  /// Twice the distance of each rank from the mean rank: whole numbers, so that sums are exact.
  private static func centredRanks(_ values: [Double]) -> [Double] {
    values.map { value in
      let (below, equal) = (values.count { $0 < value }, values.count { $0 == value })
      return Double(2 * below + equal - values.count)
    }
  }
}
