extension Metric {
  /// The bits of a weight's code where the network is quantised; NaN where weights are floats.
  package static let bits = Metric(
    Quantity("bits", "bits of a weight", unit: .count), isLowerBetter: true,
    .round { $0.quantisation.map { Double($0.bits) } ?? .nan })
}
