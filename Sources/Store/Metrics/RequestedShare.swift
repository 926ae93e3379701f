extension Metric {
  /// The share of what the trial's target counts that is asked to go, 0…1; NaN where that is weights, which `requested_sparsity` tells.
  package static let requestedShare = Metric(
    Quantity("requested_share", "share asked to go", unit: .fraction), isLowerBetter: false,
    .round { $0.target?.askedShare ?? .nan })
}
