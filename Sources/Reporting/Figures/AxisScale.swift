import CoppiceTensors

/// A map from data values to positions along one side of a plot.
package struct AxisScale: Sendable, Equatable {
  /// How distance grows with the value.
  package enum Kind: Sendable, Equatable {
    case linear
    /// Equal ratios are equal distances; values must be positive.
    case logarithmic
  }

  package let kind: Kind
  /// The data values at the two ends, in ascending order.
  package let limits: ClosedRange<Double>
  /// The position of the lower limit.
  package let start: Double
  /// The position of the upper limit; below `start` for an axis that runs upward on a page, or reversed.
  package let end: Double

  /// A scale that sends `limits.lowerBound` to `start` and `limits.upperBound` to `end`. On a logarithmic scale
  /// limits that are not positive are moved up to the smallest positive number worth drawing, 1e-12.
  package init(_ kind: Kind, limits: ClosedRange<Double>, start: Double, end: Double) {
    self.kind = kind
    let low = kind == .logarithmic ? max(limits.lowerBound, 1e-12) : limits.lowerBound
    let high = kind == .logarithmic ? max(limits.upperBound, 1e-12) : limits.upperBound
    self.limits = low...high
    self.start = start
    self.end = end
  }

  /// The position of `value`; the middle when the limits coincide, nil for what cannot be placed (NaN,
  /// infinities, and on a logarithmic scale zero and below).
  package func position(_ value: Double) -> Double? {
    guard value.isFinite, let at = coordinate(value), let low = coordinate(limits.lowerBound),
      let high = coordinate(limits.upperBound)
    else { return nil }
    guard high > low else { return (start + end) / 2 }
    return start + (at - low) / (high - low) * (end - start)
  }

  private func coordinate(_ value: Double) -> Double? {
    switch kind {
    case .linear: value
    case .logarithmic: value > 0 ? Elementary.log(value) : nil
    }
  }

  /// Round values within the limits, at most about `count` of them: steps of 1, 2 or 5 times a power of ten on a
  /// linear scale; 1, 2 and 5 times the powers of ten, or the powers alone, on a logarithmic one.
  package func roundTicks(count: Int) -> [Double] {
    switch kind {
    case .linear: Self.linearTicks(limits, count: count)
    case .logarithmic: Self.logarithmicTicks(limits, count: count)
    }
  }

  private static func linearTicks(_ limits: ClosedRange<Double>, count: Int) -> [Double] {
    let span = limits.upperBound - limits.lowerBound
    guard span > 0, span.isFinite, count > 0 else { return [limits.lowerBound] }
    var exponent = decade(span / Double(count)) - 1
    while true {
      for factor in [1.0, 2, 5] {
        let step = factor * powerOfTen(exponent)
        let first = (limits.lowerBound / step - 1e-9).rounded(.up)
        let last = (limits.upperBound / step + 1e-9).rounded(.down)
        guard last - first + 1 <= Double(count) else { continue }
        guard last >= first else { return [] }
        return (0...Int(last - first)).map { tick(first + Double($0), times: factor, exponent) }
      }
      exponent += 1
    }
  }

  /// `index · factor · 10^exponent` by one exact power of ten, so that ticks carry no rounding of their own.
  private static func tick(_ index: Double, times factor: Double, _ exponent: Int) -> Double {
    exponent < 0 ? index * factor / powerOfTen(-exponent) : index * factor * powerOfTen(exponent)
  }

  private static func logarithmicTicks(_ limits: ClosedRange<Double>, count: Int) -> [Double] {
    let first = decade(limits.lowerBound)
    let last = decade(limits.upperBound) + 1
    let low = limits.lowerBound * (1 - 1e-9)
    let high = limits.upperBound * (1 + 1e-9)
    func ticks(_ factors: [Double]) -> [Double] {
      var ticks: [Double] = []
      for exponent in first...max(first, last) {
        for factor in factors { ticks.append(tick(factor, times: 1, exponent)) }
      }
      return ticks.filter { low <= $0 && $0 <= high }
    }
    let fine = ticks([1, 2, 5])
    return fine.count <= count ? fine : ticks([1])
  }

  /// The exponent of the largest power of ten not above `value`, which is positive.
  private static func decade(_ value: Double) -> Int {
    var exponent = 0
    while powerOfTen(exponent) > value, exponent > -300 { exponent -= 1 }
    while powerOfTen(exponent + 1) <= value, exponent < 300 { exponent += 1 }
    return exponent
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }
}
