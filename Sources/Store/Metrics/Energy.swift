extension Metric {
  /// Joules of one example, 64 at once, with whole arrays: what the processor's counters say (RAPL), whatever else runs on it. NaN
  /// where the machine has none that may be read.
  package static let energyDense = energy(.dense)
  /// The same in sparse form.
  package static let energySparse = energy(.sparse)
  /// The same in the smaller network.
  package static let energyCompacted = energy(.compacted)
  /// The same in the network of integers; NaN where it is not quantised.
  package static let energyQuantised = energy(.quantised)

  private static func energy(_ form: LatencyRecord.Form) -> Metric {
    Metric(
      Quantity(
        "energy_\(form.rawValue)", "energy, \(form.rawValue)", unit: .other("J"), format: .decimal(5),
        bounds: 0...(.infinity)),
      isLowerBetter: true,
      .round { facts in
        guard let figure = facts.latency?[form, 64] else { return .nan }
        return figure.energy / Double(figure.batch)
      })
  }
}
