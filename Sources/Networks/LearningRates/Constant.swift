import CoppiceTerms

extension LearningRate {
  /// The same rate throughout.
  public static func constant(_ rate: Double) -> LearningRate {
    LearningRate("constant", version: 1, [("rate", .number(rate))]) { _, _ in rate }
  }
}

extension Shipped<LearningRate> {
  static let constant = Shipped(.constant(0.1), "the same rate throughout; a number alone is one") { fields in
    .constant(try fields.positive("rate"))
  }
  .alsoWritten { word in
    guard let rate = Double(word) else { return nil }
    guard NumberRule.positive.isKept(by: rate) else {
      throw SpecificationError.wrongField(
        "rate", of: "constant", found: word, expected: NumberRule.positive.words)
    }
    return .constant(rate)
  }
}
