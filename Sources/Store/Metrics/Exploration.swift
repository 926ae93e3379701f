extension Metric {
  /// The fraction of the prunable weights that have been active in any step of a training whose masks move: the in-time
  /// over-parametrisation of S. Liu et al., "Do we actually need dense over-parameterization?", ICML 2021. NaN where weights that were
  /// removed do not come back.
  package static let exploration = Metric(
    Quantity("exploration", "weights ever active", unit: .fraction), isLowerBetter: false,
    .round { $0.exploration ?? .nan })
}
