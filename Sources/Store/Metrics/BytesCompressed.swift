extension Metric {
  /// Bytes of parameters and running statistics as the trial's file holds them: pruned numbers are 0, bytes are shuffled and deflated
  /// (level 1), chunks have checksums. Taken when the file is written. Another build of zlib may differ by a little.
  package static let bytesCompressed = Metric(
    Quantity("bytes_compressed", "bytes, compressed", unit: .count), isLowerBetter: true, .round { _ in .nan }
  )
}
