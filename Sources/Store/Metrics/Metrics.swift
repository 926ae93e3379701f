/// The catalogue of metrics. To add one: a file beside this, and its line here.
package enum Metrics {
  /// Every metric, in the order of the index's columns. New ones come last.
  package static let all: [Metric] = [
    .parameters,
    .parametersNonzero,
    .flops,
    .flopsNonzero,
    .trainingFlops,
    .trainLoss,
    .validationLoss,
    .validationAccuracy,
    .testLoss,
    .testAccuracy,
    .earlyStopStep,
    .earlyStopTestAccuracy,
    .wallTime,
    .trainAccuracy,
    .worstClassTestAccuracy,
  ]

  /// Conditions of a round that are shown like metrics.
  private static let conditions: [Metric] = [
    .sparsity, .density, .requestedSparsity, .targetSparsity,
  ]

  /// What a column of the index is: a metric, a sparsity, or any other number, which is called by its column's name.
  package static func column(_ name: String) -> Metric {
    (all + conditions).first { $0.name == name }
      ?? Metric(Quantity(name), isLowerBetter: false, .column)
  }
}
