import CoppiceStore

extension SampleStatistics {
  /// The median: the mean of the two values in the middle where their number is even; `nil` without values.
  package var median: Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
    return low + (high - low) / 2
  }

  /// What stands for all the values; `nil` without any.
  package func value(_ aggregation: Metric.Aggregation) -> Double? {
    switch aggregation {
    case .mean: mean
    case .median: median
    case .minimum: minimum
    case .maximum: maximum
    }
  }
}

extension Band {
  /// Whether the band is one around such a value: a confidence interval or a deviation is of the mean.
  package func isDefined(for aggregation: Metric.Aggregation) -> Bool {
    switch self {
    case .ci95, .std: aggregation == .mean
    case .minmax: true
    case .none: false
    }
  }

  /// The lower and upper edge around what stands for a sample, no farther out than values can lie; `nil` where the band is not
  /// defined.
  package func bounds(
    of sample: SampleStatistics, around aggregation: Metric.Aggregation = .mean,
    within possible: ClosedRange<Double>? = nil
  ) -> (low: Double, high: Double)? {
    guard isDefined(for: aggregation), let bounds = bounds(of: sample), let possible else {
      return isDefined(for: aggregation) ? bounds(of: sample) : nil
    }
    return (max(bounds.low, possible.lowerBound), min(bounds.high, possible.upperBound))
  }
}
