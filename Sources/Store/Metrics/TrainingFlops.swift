extension Metric {
  /// FLOPs of all training up to the end of the round.
  package static let trainingFlops = Metric(
    Quantity("training_flops", "training FLOPs", unit: .flops), isLowerBetter: true,
    .round { $0.trainingFlops.map(Double.init) ?? .nan })
}
