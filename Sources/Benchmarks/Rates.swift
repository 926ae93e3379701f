import CoppiceLaboratory

/// How fast something is, measured five times: the one form of every figure of a benchmark.
package struct Rates: Hashable, Sendable {
  /// The middle one of the runs.
  package let median: Double
  /// The least of the runs.
  package let low: Double
  /// The greatest of the runs.
  package let high: Double

  /// How many runs a figure is made of.
  package static let runs = 5

  package init(median: Double, low: Double, high: Double) {
    (self.median, self.low, self.high) = (median, low, high)
  }

  /// The median and the range of at least one measurement.
  package init(_ values: [Double]) {
    let sorted = values.sorted()
    self.init(
      median: (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2, low: sorted[0],
      high: sorted[sorted.count - 1])
  }

  /// Calls a second: five runs, each of as many calls as fill `seconds` and of one at least. A first call, which warms caches
  /// and threads, does not count.
  package init(seconds: Double, of call: () throws -> Void) rethrows {
    try call()
    self.init(
      try (0..<Self.runs).map { _ in
        let watch = Stopwatch()
        var calls = 0
        repeat {
          try call()
          calls += 1
        } while watch.elapsed < seconds
        return Double(calls) / watch.elapsed
      })
  }

  /// The same in units of which one call is `amount`.
  package func scaled(by amount: Double) -> Rates {
    Rates(median: median * amount, low: low * amount, high: high * amount)
  }
}
