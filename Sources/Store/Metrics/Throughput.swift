extension Metric {
  /// Examples a second, 64 at once, in the fastest form.
  package static let throughput = Metric(
    examplesPerSecond("throughput", "throughput"), isLowerBetter: false,
    .round { examples($0.latency?.fastest(batch: 64)) })

  /// Examples a second, 64 at once, with whole arrays in which pruned weights are 0.
  package static let throughputDense = throughput(.dense)
  /// Examples a second, 64 at once, in sparse form.
  package static let throughputSparse = throughput(.sparse)
  /// Examples a second, 64 at once, in the smaller network.
  package static let throughputCompacted = throughput(.compacted)
  /// Examples a second, 64 at once, in the network of integers; NaN where it is not quantised.
  package static let throughputQuantised = throughput(.quantised)

  private static func throughput(_ form: LatencyRecord.Form) -> Metric {
    Metric(
      examplesPerSecond("throughput_\(form.rawValue)", "throughput, \(form.rawValue)"), isLowerBetter: false,
      .round { examples($0.latency?[form, 64]) })
  }

  private static func examples(_ figure: LatencyRecord.Figure?) -> Double {
    figure.map { Double($0.batch) / $0.median } ?? .nan
  }

  private static func examplesPerSecond(_ name: String, _ title: String) -> Quantity {
    Quantity(name, title, unit: .other("examples/s"), format: .decimal(1), bounds: 0...(.infinity))
  }
}
