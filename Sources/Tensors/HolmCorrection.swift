/// Holm's correction of the probabilities of several tests, so that the chance of any false difference among them stays what one
/// test alone has. S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
///
///     p̃₍ᵢ₎ = max_{j ≤ i} min(1, (m − j + 1) · p₍ⱼ₎)     in ascending order of the m probabilities
package enum HolmCorrection {
  /// The corrected probabilities, each at the place of its own. A test that could not be made (`nil`) is none of the family.
  package static func corrected(_ probabilities: [Double?]) -> [Double?] {
    let made = probabilities.indices.compactMap { place in
      probabilities[place].map { (place: place, p: $0) }
    }.filter { !$0.p.isNaN }.sorted { ($0.p, $0.place) < ($1.p, $1.place) }
    var corrected = [Double?](repeating: nil, count: probabilities.count)
    var highest = 0.0
    for (rank, test) in made.enumerated() {
      highest = max(highest, min(1, Double(made.count - rank) * test.p))
      corrected[test.place] = highest
    }
    return corrected
  }
}
