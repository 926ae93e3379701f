extension Metric {
  /// Bytes of the parameters and running statistics of the compacted network, four a number.
  package static let bytesCompacted = Metric(
    Quantity("bytes_compacted", "bytes, compacted", unit: .count), isLowerBetter: true,
    .round { $0.compaction.map { Double($0.bytes) } ?? .nan })
}
