/// What the shaded band of a curve, or the ± of a table, stands for.
package enum Band: String, Sendable, CaseIterable {
  /// The 95 % confidence interval of the mean by Student's t.
  case ci95
  /// From the smallest to the largest value.
  case minmax
  /// One sample standard deviation to either side of the mean.
  case std
  /// No band.
  case none

  /// The lower and upper edge for a sample; nil where the band is not defined: no values, or a single one for
  /// the bands that need a spread.
  package func bounds(of sample: SampleStatistics) -> (low: Double, high: Double)? {
    guard let mean = sample.mean else { return nil }
    switch self {
    case .ci95: return sample.confidenceHalfWidth.map { (mean - $0, mean + $0) }
    case .std: return sample.standardDeviation.map { (mean - $0, mean + $0) }
    case .minmax:
      guard let low = sample.minimum, let high = sample.maximum, sample.count > 1 else { return nil }
      return (low, high)
    case .none: return nil
    }
  }

  /// How a caption names the band: `95 % CI (Student t)`. Nil for `none`.
  package var name: String? {
    switch self {
    case .ci95: "95 % CI (Student t)"
    case .minmax: "minimum to maximum"
    case .std: "± 1 sample standard deviation"
    case .none: nil
    }
  }
}
