extension Metric {
  /// The share of what the trial's target counts that is gone, 0…1; NaN where that is weights, which `sparsity` tells.
  package static let achievedShare = Metric(
    Quantity("achieved_share", "share gone", unit: .fraction), isLowerBetter: false,
    .round { $0.target?.achievedShare ?? .nan })
}
