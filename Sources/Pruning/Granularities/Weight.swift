import CoppiceTerms

extension Granularity {
  /// Every weight by itself (unstructured pruning).
  public static let weight = Granularity("weight", version: 1) { _ in 1 }
}

extension Shipped<Granularity> {
  static let weight = Shipped(.weight, "every weight by itself")
}
