extension Metric {
  /// The fraction of the prunable weights that is pruned.
  package static let sparsity = Metric(Quantity("sparsity", unit: .fraction), isLowerBetter: false, .column)

  /// 1 − sparsity.
  package static let density = Metric(
    Quantity("density", "weights remaining", unit: .fraction), isLowerBetter: true, .column)
}
