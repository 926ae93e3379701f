extension Metric {
  /// The time of one example in the fastest form, as a fraction of the dense form's, measured in turn.
  package static let latencyShare = Metric(
    share("latency_share", "latency of dense"), isLowerBetter: true,
    .round { $0.latency?.fastest(batch: 1)?.ratio ?? .nan })
  /// The same with 64 examples at once.
  package static let latency64Share = Metric(
    share("latency_64_share", "latency of 64 of dense"), isLowerBetter: true,
    .round { $0.latency?.fastest(batch: 64)?.ratio ?? .nan })

  /// The time of one example in sparse form, as a fraction of the dense form's. Each run times both right after each other, so that what
  /// else the machine does meets both; the median of the runs.
  package static let latencySparseShare = latencyShare(.sparse, batch: 1)
  /// The same of the smaller network.
  package static let latencyCompactedShare = latencyShare(.compacted, batch: 1)
  /// The same of the network of integers; NaN where it is not quantised.
  package static let latencyQuantisedShare = latencyShare(.quantised, batch: 1)
  /// The same of the sparse form with 64 examples at once.
  package static let latency64SparseShare = latencyShare(.sparse, batch: 64)
  /// The same of the smaller network with 64 examples at once.
  package static let latency64CompactedShare = latencyShare(.compacted, batch: 64)
  /// The same of the network of integers with 64 examples at once.
  package static let latency64QuantisedShare = latencyShare(.quantised, batch: 64)

  private static func latencyShare(_ form: LatencyRecord.Form, batch: Int) -> Metric {
    let many = batch == 1 ? "" : " of \(batch)"
    return Metric(
      share(latencyName(form, batch) + "_share", "latency\(many), \(form.rawValue) of dense"),
      isLowerBetter: true, .round { $0.latency?[form, batch]?.ratio ?? .nan })
  }

  private static func share(_ name: String, _ title: String) -> Quantity {
    Quantity(name, title, unit: .fraction, bounds: 0...(.infinity))
  }
}
