import CoppiceTerms

extension LearningRate {
  /// This schedule, multiplied by (t + 1)/steps during the first `steps` steps.
  public func warmedUp(steps: Int) -> LearningRate {
    LearningRate(
      "warm-up", version: 1, [("steps", .integer(steps)), ("then", .component(specification))]
    ) { step, total in
      let rate = self(step: step, total: total)
      return step < steps ? rate * (Double(step) + 1) / Double(steps) : rate
    }
  }
}

extension Shipped<LearningRate> {
  static let warmup = Shipped(
    LearningRate.constant(0.1).warmedUp(steps: 100), "another learning rate, risen to in equal steps",
    paper: "Goyal et al. 2017"
  ) { fields in
    let steps = try fields.integer("steps", in: 0...1_000_000_000)
    return try fields.component("then", from: LearningRate.catalogue).warmedUp(steps: steps)
  }
}
