extension Metric {
  /// The fraction of the prunable weights that is part of no path from input to output, because it is pruned or because what is
  /// pruned cuts it off (Vysogorets and Kempe 2023).
  package static let effectiveSparsity = Metric(
    Quantity("effective_sparsity", unit: .fraction), isLowerBetter: false,
    .round { $0.paths?.effectiveSparsity ?? .nan })
}
