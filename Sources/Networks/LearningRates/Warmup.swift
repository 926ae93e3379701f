extension LearningRate {
  /// This schedule, multiplied by (t + 1)/steps during the first `steps` steps.
  public func warmedUp(steps: Int) -> LearningRate {
    LearningRate(
      "warm-up", version: 1, [("steps", .integer(steps)), ("then", .component(specification))]
    ) { step, total in
      let rate = self(step: step, total: total)
      return step < steps ? rate * Double(step + 1) / Double(steps) : rate
    }
  }
}
