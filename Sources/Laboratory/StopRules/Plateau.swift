import CoppiceTerms

extension StopRule {
  /// Ends a training whose metric has not become better for some evaluations. The network of the last step is the result; the
  /// best one by validation is reported beside it, as always.
  ///
  /// L. Prechelt, "Early stopping, but when?", 1998: the criterion UP in its simplest form.
  ///
  /// - Parameters:
  ///   - metric: `validation_loss` or `validation_accuracy`.
  ///   - evaluations: how many evaluations in a row have to bring nothing.
  ///   - gain: what counts as better, in the metric's unit.
  public static func plateau(
    _ metric: String = "validation_loss", evaluations: Int = 5, gain: Double = 0
  ) -> StopRule {
    StopRule(
      "plateau", version: 1, fields: [("evaluations", .integer(evaluations)), ("gain", .number(gain))],
      ends: .training, by: metric
    ) { values, isLowerBetter in
      guard var best = values.first else { return nil }
      var waited = 0
      for value in values.dropFirst() {
        let isBetter = Self.gain(value, over: best, isLowerBetter: isLowerBetter) > gain
        (best, waited) = isBetter ? (value, 0) : (best, waited + 1)
      }
      return waited >= evaluations
        ? "\(metric) has not become better than \(best) for \(waited) evaluations" : nil
    }
  }
}

extension Shipped<StopRule> {
  static let plateau = Shipped(
    .plateau(), "ends a training whose metric does not become better any more", paper: "Prechelt 1998"
  ) { fields in
    .plateau(
      try fields.text("metric", default: "validation_loss"),
      evaluations: try fields.integer("evaluations", in: 1...1_000_000, default: 5),
      gain: try fields.number("gain", .nonNegative, default: 0))
  }
}
