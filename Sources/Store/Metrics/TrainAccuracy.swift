extension Metric {
  /// The fraction of the training set predicted right, without augmentation and dropout.
  package static let trainAccuracy = Metric(
    Quantity("train_accuracy", "training accuracy", unit: .fraction), isLowerBetter: false,
    .evaluation(.train) { $0.accuracy })
}
