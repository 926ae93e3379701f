extension Metric {
  /// The number of parameters, pruned ones among them.
  package static let parameters = Metric(
    Quantity("parameters", unit: .count), isLowerBetter: true,
    .round { Double($0.layers.reduce(0) { $0 + $1.parameters }) })
}
