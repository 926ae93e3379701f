import CoppiceTerms

extension Initializer {
  /// Every element 0: biases.
  public static let zeros = Initializer("zeros", version: 1) { _, _, weights in weights.update(repeating: 0) }

  /// Every element 1: the scale of a normalisation.
  public static let ones = Initializer("ones", version: 1) { _, _, weights in weights.update(repeating: 1) }
}

extension Shipped<Initializer> {
  static let zeros = Shipped(.zeros, "every element 0")
  static let ones = Shipped(.ones, "every element 1")
}
