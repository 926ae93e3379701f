extension Metric {
  /// The step of the lowest validation loss in the round: Frankle and Carbin's (2019) measure of how fast a network learns.
  package static let earlyStopStep = Metric(
    Quantity("early_stop_step", "early-stop iteration", unit: .count), isLowerBetter: true,
    .round { $0.earlyStop.map { Double($0.step) } ?? .nan })
}
