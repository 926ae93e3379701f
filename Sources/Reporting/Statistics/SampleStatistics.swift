/// The values of one metric over the seeds of one cell, with the statistics a figure or a table prints.
///
/// Missing values and values that are not finite are left out of every statistic and counted: a cell that
/// lost a seed says `n = 2/3`, it never silently averages what is left.
package struct SampleStatistics: Sendable, Equatable {
  /// The finite values, in the order given.
  package let values: [Double]
  /// How many values there should be.
  package let expected: Int

  /// A sample of `values`, of which nil, NaN and the infinities count as missing.
  ///
  /// - Parameter expected: how many values a complete sample has; at least the number given.
  package init(_ values: [Double?], expected: Int = 0) {
    self.values = values.compactMap { $0 }.filter(\.isFinite)
    self.expected = max(expected, values.count)
  }

  /// The number of values present.
  package var count: Int { values.count }

  /// Whether no value is missing and there is one.
  package var isComplete: Bool { count == expected && count > 0 }

  /// The arithmetic mean, nil without values; summed as distances to the first value, so that the mean of equal
  /// values is that value exactly.
  package var mean: Double? {
    guard let first = values.first else { return nil }
    return first + values.reduce(0) { $0 + ($1 - first) } / Double(count)
  }

  /// The sample standard deviation, `√(Σ(x − mean)²/(n − 1))`, in two passes; nil below two values.
  package var standardDeviation: Double? {
    guard count > 1, let mean else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count - 1)).squareRoot()
  }

  /// The standard error of the mean, `s/√n`; nil below two values.
  package var standardError: Double? {
    standardDeviation.map { $0 / Double(count).squareRoot() }
  }

  /// The half-width of the 95 % confidence interval of the mean, `t(0.975, n − 1) · s/√n`; nil below two
  /// values.
  package var confidenceHalfWidth: Double? {
    standardError.map { $0 * StudentT(degreesOfFreedom: count - 1).twoSidedQuantile(confidence: 0.95) }
  }

  package var minimum: Double? { values.min() }
  package var maximum: Double? { values.max() }

  /// `3` when complete, `2/3` when a value is missing.
  package var countText: String { isComplete ? "\(count)" : "\(count)/\(expected)" }
}
