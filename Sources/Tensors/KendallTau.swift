/// Kendall's rank correlation τ-b of two quantities: how many more pairs they order alike than otherwise, with equal values allowed
/// for. M. Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945.
///
///     τ = (C − D) / √((n₀ − n₁)(n₀ − n₂)),   n₀ = n(n − 1) / 2
///
/// C pairs are ordered alike, D otherwise; n₁ pairs are equal in the first quantity, n₂ in the second.
package struct KendallTau: Sendable, Equatable {
  /// How many values are compared.
  package let count: Int
  /// −1…1; `nil` below two values, or where all values of one quantity are equal.
  package let coefficient: Double?

  /// The correlation of pairs; one of which a value is not finite is left out.
  package init(_ pairs: [(Double, Double)]) {
    let pairs = pairs.filter { $0.0.isFinite && $0.1.isFinite }
    count = pairs.count
    func order(_ a: Double, _ b: Double) -> Int { a == b ? 0 : a < b ? -1 : 1 }
    var (score, first, second) = (0, 0, 0)
    for (place, one) in pairs.enumerated() {
      for other in pairs[(place + 1)...] {
        let (a, b) = (order(one.0, other.0), order(one.1, other.1))
        score += a * b
        first += a * a
        second += b * b
      }
    }
    coefficient =
      first > 0 && second > 0 ? Double(score) / (Double(first) * Double(second)).squareRoot() : nil
  }
}
