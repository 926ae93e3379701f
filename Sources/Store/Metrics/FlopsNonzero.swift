extension Metric {
  /// FLOPs of one example's forward pass, pruned weights skipped.
  package static let flopsNonzero = Metric(
    Quantity("flops_nonzero", "FLOPs of non-zero weights", unit: .flops), isLowerBetter: true,
    .round { facts in
      guard let flops = facts.flops else { return .nan }
      return Double(flops - facts.layers.reduce(0) { $0 + $1.flops - $1.flopsNonzero })
    })
}
