extension Optimizer {
  /// Every shipped optimizer with its default parameters.
  public static let all: [Optimizer] = [.sgd(), .adam(), .adamW()]
}
