extension Metric {
  /// What is asked to be left of what the trial's target counts, in its own unit: FLOPs, parameters, bytes, seconds.
  package static let requestedCost = Metric(
    Quantity("requested_cost", "cost asked for"), isLowerBetter: true,
    .round { $0.target?.asked ?? .nan })
}
