import CoppiceTerms

extension Corruption {
  /// Images as they are.
  public static let none = Corruption(
    "none", version: 1, severity: 0, Kind(strengths: ([], []), substream: nil) { _, _, _ in })
}

extension Shipped<Corruption> {
  static let none = Shipped(.none, "images as they are")
}
