import CoppiceTensors

/// How much two masks of one network have in common: Jaccard's index of their survivors, |A ∩ B| / |A ∪ B|, and the index that chance
/// gives. By chance two masks with a and b survivors of n in a layer share a · b / n of them.
package struct MaskAgreement: Hashable, Sendable {
  /// Jaccard's index, 0…1.
  package let jaccard: Double
  /// The index of random masks with as many survivors in every layer, 0…1.
  package let chance: Double

  /// `nil` where the masks are not of the same weights, or keep nothing.
  package init?(_ one: MaskSet, _ other: MaskSet) {
    guard one.counted.names == other.counted.names else { return nil }
    var (shared, kept, expected) = (0, 0, 0.0)
    for (name, mask) in one.counted {
      guard let theirs = other[name], theirs.shape == mask.shape else { return nil }
      shared += zip(mask.bytes, theirs.bytes).reduce(0) { $0 + Int($1.0 & $1.1) }
      kept += mask.keptCount + theirs.keptCount
      expected += Double(mask.keptCount) * Double(theirs.keptCount) / Double(max(1, mask.count))
    }
    guard kept > 0 else { return nil }
    jaccard = Double(shared) / Double(kept - shared)
    chance = expected / (Double(kept) - expected)
  }
}
