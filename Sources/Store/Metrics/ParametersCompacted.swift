extension Metric {
  /// The number of parameters that are left where units without any survivor are cut out: channels, hidden units, heads, features. NaN
  /// where single weights are pruned and nothing was cut out.
  package static let parametersCompacted = Metric(
    Quantity("parameters_compacted", "parameters, compacted", unit: .count), isLowerBetter: true,
    .round { $0.compaction.map { Double($0.parameters) } ?? .nan })
}
