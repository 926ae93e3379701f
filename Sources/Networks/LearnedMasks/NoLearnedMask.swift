import CoppiceTerms

extension LearnedMask {
  /// No mask is learned.
  public static let none = LearnedMask("none", version: 1, fields: [], makesMasks: false) { _ in
    MaskGates([])
  }
}

extension Shipped<LearnedMask> {
  static let none = Shipped(.none, "no mask is learned")
}
