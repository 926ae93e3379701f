extension Metric {
  /// Seconds the round's training took.
  package static let wallTime = Metric(
    Quantity("wall_time", "wall time", unit: .seconds), isLowerBetter: true, .round { $0.wallTime })
}
