extension LearningRate {
  /// Every shipped learning rate, with parameters of some kind.
  public static let all: [LearningRate] = [
    .constant(0.1), .steps(0.1, at: [0.5, 0.75]), .cosine(0.1), .constant(0.1).warmedUp(steps: 100),
  ]
}
