extension Metric {
  /// The mean loss over the test set.
  package static let testLoss = Metric(
    Quantity("test_loss", "test loss"), isLowerBetter: true, .evaluation(.test) { $0.loss })
}
