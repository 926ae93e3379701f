extension Metric {
  /// FLOPs of one example's forward pass where zeros are skipped: pruned weights count nothing, everything else as in the dense
  /// network.
  package static let flopsNonzero = Metric(
    Quantity("flops_nonzero", "FLOPs, zeros skipped", unit: .flops), isLowerBetter: true,
    .round { facts in
      guard let flops = facts.flops else { return .nan }
      return Double(flops - facts.layers.reduce(0) { $0 + $1.flops - $1.flopsNonzero })
    })
}
