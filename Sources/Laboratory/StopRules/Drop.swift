import CoppiceTerms

extension StopRule {
  /// Ends a ladder as soon as a round's metric is worse than the dense network's by more than a tolerance.
  ///
  /// - Parameters:
  ///   - metric: `validation_accuracy` or `validation_loss`.
  ///   - tolerance: in the metric's unit: 0.01 is one point of accuracy.
  public static func drop(_ metric: String = "validation_accuracy", tolerance: Double = 0.01) -> StopRule {
    StopRule(
      "drop", version: 1, fields: [("tolerance", .number(tolerance))], ends: .ladder, by: metric
    ) { values, isLowerBetter in
      guard let dense = values.first, let last = values.last else { return nil }
      return Self.gain(dense, over: last, isLowerBetter: isLowerBetter) > tolerance
        ? "\(metric) has fallen from \(dense) to \(last)" : nil
    }
  }
}

extension Shipped<StopRule> {
  static let drop = Shipped(
    .drop(), "ends a ladder when a round is worse than the dense network by more than a tolerance"
  ) { fields in
    .drop(
      try fields.text("metric", default: "validation_accuracy"),
      tolerance: try fields.number("tolerance", .nonNegative, default: 0.01))
  }
}
