extension Metric {
  /// The mean loss over the validation set.
  package static let validationLoss = Metric(
    Quantity("validation_loss", "validation loss"), isLowerBetter: true, .evaluation(.validation) { $0.loss })
}
