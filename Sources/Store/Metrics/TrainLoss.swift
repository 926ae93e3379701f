extension Metric {
  /// The mean loss over the training set, without augmentation and dropout.
  package static let trainLoss = Metric(
    Quantity("train_loss", "training loss"), isLowerBetter: true, .evaluation(.train) { $0.loss })
}
