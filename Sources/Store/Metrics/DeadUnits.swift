extension Metric {
  /// The number of units (rows of prunable weights: neurons, filters) without a weight that is part of a path from input to output.
  package static let deadUnits = Metric(
    Quantity("dead_units", unit: .count), isLowerBetter: true,
    .round { $0.paths.map { Double($0.deadUnits) } ?? .nan })
}
