extension Metric {
  /// The fraction of the validation set predicted right.
  package static let validationAccuracy = Metric(
    Quantity("validation_accuracy", "validation accuracy", unit: .fraction), isLowerBetter: false,
    .evaluation(.validation) { $0.accuracy })
}
