extension Metric {
  /// Bytes of a quantised network: a weight's code takes one byte, or half of one with 4 bits, pruned ones among them. Each row has a
  /// scale of four bytes, each quantised input a scale and a zero point of five. All other parameters and running statistics take four
  /// bytes a number.
  package static let bytesQuantised = Metric(
    Quantity("bytes_quantised", "bytes, quantised", unit: .count), isLowerBetter: true,
    .round { $0.quantisation.map { Double($0.bytes) } ?? .nan })

  /// Bytes of a quantised network in sparse form. Every array takes the least of three: all its codes; a bit for each place and the codes
  /// of survivors; the codes of survivors with their places of four bytes. Scales and other arrays are as in `bytes_quantised` and
  /// `bytes_sparse`.
  package static let bytesQuantisedSparse = Metric(
    Quantity("bytes_quantised_sparse", "bytes, quantised and sparse", unit: .count), isLowerBetter: true,
    .round { $0.quantisation.map { Double($0.bytesSparse) } ?? .nan })
}
