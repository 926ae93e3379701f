extension Metric {
  /// FLOPs of one example's forward pass through a smaller dense network: that without the units that are part of no path. Where one
  /// of them is a constant, the biases behind it take it up.
  package static let flopsCompacted = Metric(
    Quantity("flops_compacted", "FLOPs without dead units", unit: .flops), isLowerBetter: true,
    .round { $0.paths.map { Double($0.flopsCompacted) } ?? .nan })
}
