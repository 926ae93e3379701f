import CoppiceTerms

extension Initializer {
  /// N(0, deviation²) cut off at two deviations and drawn again beyond: the usual choice for transformers.
  public static func truncatedNormal(deviation: Double = 0.02) -> Initializer {
    Initializer("truncated-normal", version: 1, [("deviation", .number(deviation))]) { _, random, weights in
      random.fillTruncatedNormal(weights, mean: 0, standardDeviation: deviation)
    }
  }
}

extension Shipped<Initializer> {
  static let truncatedNormal = Shipped(
    .truncatedNormal(), "N(0, deviation²) without what lies beyond two deviations"
  ) { fields in
    .truncatedNormal(deviation: try fields.positive("deviation", default: 0.02))
  }
}
