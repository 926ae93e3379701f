import CoppiceTerms

extension LearningRate {
  /// A rate that is multiplied by `factor` at each of some points of the training, given as fractions of it, 0…1: ResNets
  /// take `.steps(0.1, at: [0.5, 0.75])`.
  public static func steps(_ rate: Double, at points: [Double], factor: Double = 0.1) -> LearningRate {
    LearningRate(
      "steps", version: 1,
      [("rate", .number(rate)), ("points", .list(points.map { .number($0) })), ("factor", .number(factor))]
    ) { step, total in
      // Compared as numbers: a point that is none is never reached.
      points.reduce(rate) { Double(step) >= ($1 * Double(total)).rounded() ? $0 * factor : $0 }
    }
  }
}

extension Shipped<LearningRate> {
  static let steps = Shipped(
    .steps(0.1, at: [0.5, 0.75]), "multiplied by a factor at some points of the training, 0…1",
    paper: "He et al. 2016"
  ) { fields in
    .steps(
      try fields.positive("rate"), at: try fields.numberList("points", in: 0...1),
      factor: try fields.number("factor", .nonNegative, default: 0.1))
  }
}
