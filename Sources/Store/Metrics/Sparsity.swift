extension Metric {
  /// The fraction of the prunable weights that is pruned.
  package static let sparsity = Metric(Quantity("sparsity", unit: .fraction), isLowerBetter: false, .column)

  /// The fraction of the prunable weights that was asked for.
  package static let requestedSparsity = Metric(
    Quantity("requested_sparsity", unit: .fraction), isLowerBetter: false, .column)

  /// The sparsity that the trial was asked for at its end.
  package static let targetSparsity = Metric(
    Quantity("target_sparsity", unit: .fraction), isLowerBetter: false, .column)

  /// 1 − sparsity.
  package static let density = Metric(
    Quantity("density", "weights remaining", unit: .fraction), isLowerBetter: true, .column)
}
