extension Metric {
  /// The test accuracy at the step of the lowest validation loss in the round.
  package static let earlyStopTestAccuracy = Metric(
    Quantity("early_stop_test_accuracy", "test accuracy at early stop", unit: .fraction),
    isLowerBetter: false,
    .round { $0.earlyStop?[.testAccuracy] ?? .nan })
}
