extension LearningRate {
  /// A rate that is multiplied by `factor` at each of some points of the training, given as fractions of it, 0…1: ResNets
  /// take `.steps(0.1, at: [0.5, 0.75])`.
  public static func steps(_ rate: Double, at points: [Double], factor: Double = 0.1) -> LearningRate {
    LearningRate(
      "steps", version: 1,
      [("rate", .number(rate)), ("points", .list(points.map { .number($0) })), ("factor", .number(factor))]
    ) { step, total in
      points.reduce(rate) { step >= Int(($1 * Double(total)).rounded()) ? $0 * factor : $0 }
    }
  }
}
