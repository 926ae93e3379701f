extension Metric {
  /// Milliseconds of one example in its fastest form. Where latencies are measured, `measure=latency`; NaN elsewhere.
  package static let latency = Metric(
    milliseconds("latency", "latency"), isLowerBetter: true,
    .round { ($0.latency?.fastest(batch: 1)?.median ?? .nan) * 1e3 })

  /// Milliseconds of one example with whole arrays, in which pruned weights are 0.
  package static let latencyDense = latency(.dense, batch: 1)
  /// Milliseconds of one example in sparse form; where nothing runs sparse, the dense form.
  package static let latencySparse = latency(.sparse, batch: 1)
  /// Milliseconds of one example in the smaller network; where nothing can be cut out, the dense form.
  package static let latencyCompacted = latency(.compacted, batch: 1)
  /// Milliseconds of 64 examples at once with whole arrays.
  package static let latency64Dense = latency(.dense, batch: 64)
  /// Milliseconds of 64 examples at once in sparse form.
  package static let latency64Sparse = latency(.sparse, batch: 64)
  /// Milliseconds of 64 examples at once in the smaller network.
  package static let latency64Compacted = latency(.compacted, batch: 64)
  /// Milliseconds of one example in the network of integers; NaN where it is not quantised.
  package static let latencyQuantised = latency(.quantised, batch: 1)
  /// The same of 64 examples at once.
  package static let latency64Quantised = latency(.quantised, batch: 64)

  private static func latency(_ form: LatencyRecord.Form, batch: Int) -> Metric {
    Metric(
      milliseconds(latencyName(form, batch), "latency\(batch == 1 ? "" : " of \(batch)"), \(form.rawValue)"),
      isLowerBetter: true, .round { ($0.latency?[form, batch]?.median ?? .nan) * 1e3 })
  }

  /// `latency_sparse`, `latency_64_sparse`.
  static func latencyName(_ form: LatencyRecord.Form, _ batch: Int) -> String {
    "latency_" + (batch == 1 ? "" : "\(batch)_") + form.rawValue
  }

  static func milliseconds(_ name: String, _ title: String) -> Quantity {
    Quantity(name, title, unit: .other("ms"), format: .decimal(3), bounds: 0...(.infinity))
  }
}
