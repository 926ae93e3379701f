extension LearningRate {
  /// The same rate throughout.
  public static func constant(_ rate: Double) -> LearningRate {
    LearningRate("constant", version: 1, [("rate", .number(rate))]) { _, _ in rate }
  }
}
