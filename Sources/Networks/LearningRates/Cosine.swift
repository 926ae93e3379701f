import CoppiceTensors

extension LearningRate {
  /// From `rate` down to `floor` along half a cosine: `floor + (rate − floor)(1 + cos(π t/T))/2`. Loshchilov and Hutter 2017.
  public static func cosine(_ rate: Double, floor: Double = 0) -> LearningRate {
    LearningRate("cosine", version: 1, [("rate", .number(rate)), ("floor", .number(floor))]) { step, total in
      floor + (rate - floor) * (1 + Elementary.cos(.pi * Double(step) / Double(max(1, total)))) / 2
    }
  }
}
