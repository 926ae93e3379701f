extension Metric {
  /// Bytes of parameters and running statistics in sparse form. Every array takes the least of three: all its numbers, four bytes each;
  /// a bit for each place and the survivors, `⌈n/8⌉ + 4k`; survivors with their places, `8k`.
  package static let bytesSparse = Metric(
    Quantity("bytes_sparse", "bytes, sparse", unit: .count), isLowerBetter: true,
    .round { $0.size.map { Double($0.bytesSparse) } ?? .nan })
}
