extension Metric {
  /// The fraction of the test set predicted right.
  package static let testAccuracy = Metric(
    Quantity("test_accuracy", "test accuracy", unit: .fraction), isLowerBetter: false,
    .evaluation(.test) { $0.accuracy })
}
