/// One axis of a figure: what it shows, how it is scaled, and where its ticks stand.
package struct Axis: Sendable, Equatable {
  /// Which values carry a tick.
  package enum Ticks: Sendable, Equatable {
    /// Round numbers.
    case round
    /// The x values of the data, labelled as far as there is room.
    case data
  }

  /// How a value is printed beside its tick.
  package enum Format: Sendable, Equatable {
    /// A plain number.
    case number
    /// A fraction as percent; the sign stands in the axis label.
    case percent
    /// A ratio: `13.5×`.
    case times
  }

  /// The label, with its unit: `Weights remaining (%)`.
  package var label: String
  package var scale: AxisScale.Kind
  package var format: Format
  package var ticks: Ticks
  /// Whether values fall in the reading direction, as the weights remaining do.
  package var isReversed: Bool
  /// The range shown; nil for that of the data.
  package var limits: ClosedRange<Double>?
  /// What the range chosen from the data never exceeds: 0…1 for an accuracy, whatever its band does.
  package var bounds: ClosedRange<Double>?

  package init(
    label: String, scale: AxisScale.Kind = .linear, format: Format = .number, ticks: Ticks = .round,
    isReversed: Bool = false, limits: ClosedRange<Double>? = nil, bounds: ClosedRange<Double>? = nil
  ) {
    self.label = label
    self.scale = scale
    self.format = format
    self.ticks = ticks
    self.isReversed = isReversed
    self.limits = limits
    self.bounds = bounds
  }

  /// The labels of `values`. Round ticks share one number of decimals, chosen so that no two labels agree;
  /// ticks at data values get three significant digits at most: `51.2`, `6.25`, and `7.0` for what is not quite 7. From a million on they
  /// share a prefix: `4.1 G`.
  package func labels(_ values: [Double]) -> [String] {
    let largest = values.map { abs($0) }.filter(\.isFinite).max() ?? 0
    if format == .number, let prefix = Self.prefixes.last(where: { largest >= $0.factor }) {
      return unprefixed(values.map { $0 / prefix.factor }).map {
        $0 == "0" ? $0 : $0 + "\u{2009}" + prefix.name
      }
    }
    return unprefixed(values)
  }

  /// The prefixes of large numbers.
  private static let prefixes: [(name: String, factor: Double)] = [
    ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
  ]

  private func unprefixed(_ values: [Double]) -> [String] {
    let shown = values.map { format == .percent ? $0 * 100 : $0 }
    if ticks == .round, scale == .linear {
      let decimals = (0...9).first { digits in
        shown.allSatisfy { abs($0 - rounded($0, digits)) < 1e-9 * max(1, abs($0)) }
      }
      return shown.map { value in
        decorated(
          (decimals ?? 0) == 0 ? NumberText.grouped(value) : NumberText.fixed(value, decimals: decimals ?? 0))
      }
    }
    return shown.map { value in
      let magnitude = abs(value)
      if magnitude >= 1000 { return decorated(NumberText.grouped(value)) }
      var decimals = magnitude >= 99.95 ? 0 : magnitude >= 0.995 || magnitude == 0 ? 1 : 2
      var bound = 0.1
      while magnitude > 0, magnitude < bound, decimals < 9 {
        decimals += 1
        bound /= 10
      }
      if decimals == 1, magnitude < 9.995 {
        // One decimal of 6.25 would be off by nearly a hundredth.
        let isClose = abs(value - rounded(value, 1)) <= 0.007 * magnitude
        if isClose, abs(value - rounded(value, 0)) > 1e-4 * magnitude {
          return decorated(NumberText.fixed(value, decimals: 1))
        }
        decimals = isClose ? 1 : 2
      }
      return decorated(NumberText.trimmed(value, decimals: decimals))
    }
  }

  private func rounded(_ value: Double, _ decimals: Int) -> Double {
    var power = 1.0
    for _ in 0..<decimals { power *= 10 }
    return (value * power).rounded() / power
  }

  private func decorated(_ number: String) -> String {
    let signed = number.hasPrefix("-") ? "\u{2212}" + number.dropFirst() : number
    return format == .times ? signed + "×" : signed
  }
}
