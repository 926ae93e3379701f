extension Metric {
  /// The number of parameters that are not pruned.
  package static let parametersNonzero = Metric(
    Quantity("parameters_nonzero", "non-zero parameters", unit: .count), isLowerBetter: true,
    .round { Double($0.layers.reduce(0) { $0 + $1.nonzero }) })
}
