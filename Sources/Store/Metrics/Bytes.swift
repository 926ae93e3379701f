extension Metric {
  /// Bytes of parameters and running statistics as they are, four a number, pruned ones among them.
  package static let bytes = Metric(
    Quantity("bytes", "bytes, dense", unit: .count), isLowerBetter: true,
    .round { $0.size.map { Double($0.bytes) } ?? .nan })
}
