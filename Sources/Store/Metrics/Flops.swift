extension Metric {
  /// FLOPs of one example's forward pass, dense.
  package static let flops = Metric(
    Quantity("flops", "FLOPs", unit: .flops), isLowerBetter: true,
    .round { $0.flops.map(Double.init) ?? .nan })
}
