extension Metric {
  /// FLOPs of one example's forward pass where zeros are skipped: pruned weights count nothing, everything else as in the dense
  /// network.
  package static let flopsNonzero = Metric(
    Quantity("flops_nonzero", "FLOPs, zeros skipped", unit: .flops), isLowerBetter: true,
    .round { facts in
      guard let flops = facts.flops else { return .nan }
      let nonzero = flops - facts.layers.reduce(0) { $0 + $1.flops - $1.flopsNonzero }
      // Layers in which more is skipped than the network has are not its own: a row with such a number could not be read.
      return nonzero < 0 ? .nan : Double(nonzero)
    })
}
