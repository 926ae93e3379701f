extension Metric {
  /// Milliseconds between the quartiles of the runs that a latency is the median of: one example, whole arrays.
  package static let latencyDenseSpread = latencySpread(.dense, batch: 1)
  /// The same in sparse form.
  package static let latencySparseSpread = latencySpread(.sparse, batch: 1)
  /// The same in the smaller network.
  package static let latencyCompactedSpread = latencySpread(.compacted, batch: 1)
  /// The same for 64 examples at once with whole arrays.
  package static let latency64DenseSpread = latencySpread(.dense, batch: 64)
  /// The same for 64 examples at once in sparse form.
  package static let latency64SparseSpread = latencySpread(.sparse, batch: 64)
  /// The same for 64 examples at once in the smaller network.
  package static let latency64CompactedSpread = latencySpread(.compacted, batch: 64)
  /// The same in the network of integers.
  package static let latencyQuantisedSpread = latencySpread(.quantised, batch: 1)
  /// The same for 64 examples at once in the network of integers.
  package static let latency64QuantisedSpread = latencySpread(.quantised, batch: 64)

  private static func latencySpread(_ form: LatencyRecord.Form, batch: Int) -> Metric {
    Metric(
      milliseconds(
        latencyName(form, batch) + "_spread",
        "spread of latency\(batch == 1 ? "" : " of \(batch)"), \(form.rawValue)"), isLowerBetter: true,
      .round { facts in
        guard let figure = facts.latency?[form, batch] else { return .nan }
        return (figure.high - figure.low) * 1e3
      })
  }
}
