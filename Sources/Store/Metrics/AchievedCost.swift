extension Metric {
  /// What is left of what the trial's target counts, in its own unit: FLOPs, parameters, bytes, seconds.
  package static let achievedCost = Metric(
    Quantity("achieved_cost", "cost"), isLowerBetter: true,
    .round { $0.target?.achieved ?? .nan })
}
