extension Metric {
  /// Bytes of the intermediate values of one example's forward pass, as far as they are alive at once: the arena of the plan that runs
  /// it. Weights and the example itself are not among them.
  package static let activationBytes = Metric(
    Quantity("activation_bytes", "bytes of activations", unit: .count), isLowerBetter: true,
    .round { $0.size.map { Double($0.activationBytes) } ?? .nan })

  /// The same in the network that is left where units without any survivor are cut out.
  package static let activationBytesCompacted = Metric(
    Quantity("activation_bytes_compacted", "bytes of activations, compacted", unit: .count),
    isLowerBetter: true,
    .round { $0.size.map { Double($0.activationBytesCompacted) } ?? .nan })
}
