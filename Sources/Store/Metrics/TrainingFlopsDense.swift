extension Metric {
  /// FLOPs that the same training would have taken with every weight there.
  package static let trainingFlopsDense = Metric(
    Quantity("training_flops_dense", "training FLOPs, dense", unit: .flops), isLowerBetter: true,
    .round { $0.trainingFlopsDense.map(Double.init) ?? .nan })
}
