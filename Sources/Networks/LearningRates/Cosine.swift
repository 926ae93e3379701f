import CoppiceTensors
import CoppiceTerms

extension LearningRate {
  /// From `rate` down to `floor` along half a cosine: `floor + (rate − floor)(1 + cos(π t/T))/2`. Loshchilov and Hutter 2017.
  public static func cosine(_ rate: Double, floor: Double = 0) -> LearningRate {
    LearningRate("cosine", version: 1, [("rate", .number(rate)), ("floor", .number(floor))]) { step, total in
      floor + (rate - floor) * (1 + Elementary.cos(.pi * Double(step) / Double(max(1, total)))) / 2
    }
  }
}

extension Shipped<LearningRate> {
  static let cosine = Shipped(
    .cosine(0.1), "down along half a cosine", paper: "Loshchilov and Hutter 2017"
  ) { fields in
    .cosine(try fields.positive("rate"), floor: try fields.number("floor", .nonNegative, default: 0))
  }
}
