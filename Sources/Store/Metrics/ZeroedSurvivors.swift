extension Metric {
  /// How many weights of a quantised network survive and have the code 0: they are no part of its sparsity.
  package static let zeroedSurvivors = Metric(
    Quantity("zeroed_survivors", "survivors with the code 0", unit: .count), isLowerBetter: true,
    .round { $0.quantisation.map { Double($0.zeroedSurvivors) } ?? .nan })
}
