/// A number that stands in files under a name: what people call it, in which unit, and how it is printed. Tables, axes and
/// captions are made from it.
public struct Quantity: Hashable, Sendable {
  /// What one of it is.
  public enum Unit: Hashable, Sendable {
    /// A number without a unit: a loss.
    case none
    /// A part of a whole, 0…1; people read percent.
    case fraction
    /// Seconds.
    case seconds
    /// How many of something: a whole number.
    case count
    /// 2 × multiply-adds: a whole number.
    case flops
    /// Any other, as people write it: `MB`.
    case other(String)
  }

  /// How a value is printed for people.
  public enum Format: Hashable, Sendable {
    /// A whole number.
    case integer
    /// With this many decimals.
    case decimal(Int)
    /// A fraction as percent, with this many decimals.
    case percent(Int)
  }

  /// The name in files, of a column or a data set: `test_accuracy`.
  public let name: String
  /// What people call it, without the unit: `test accuracy`.
  public let title: String
  /// What one of it is.
  public let unit: Unit
  /// How a value is printed for people.
  public let format: Format
  /// The values it can take; `nil` for any.
  public internal(set) var bounds: ClosedRange<Double>?

  /// A quantity.
  /// - Parameters:
  ///   - name: in files: lower-case letters, digits and `_`.
  ///   - title: `nil` for the name with spaces.
  ///   - format: `nil` for what suits the unit.
  ///   - bounds: `nil` for those of the unit: 0…1 for a fraction, 0 and more for what is counted or timed.
  public init(
    _ name: String, _ title: String? = nil, unit: Unit = .none, format: Format? = nil,
    bounds: ClosedRange<Double>? = nil
  ) {
    self.name = name
    self.title = title ?? name.replacing("_", with: " ")
    self.unit = unit
    self.format = format ?? unit.format
    self.bounds = bounds ?? unit.bounds
  }

  /// Whether its values are whole numbers, which files hold as integers.
  package var isWhole: Bool { unit == .count || unit == .flops }
}

extension Quantity.Unit {
  /// The values a quantity in this unit can take where nothing else is said; `nil` for any.
  fileprivate var bounds: ClosedRange<Double>? {
    switch self {
    case .fraction: 0...1
    case .seconds, .count, .flops: 0...(.infinity)
    case .none, .other: nil
    }
  }

  /// How values in this unit are printed where nothing else is said.
  fileprivate var format: Quantity.Format {
    switch self {
    case .none, .other: .decimal(4)
    case .fraction: .percent(2)
    case .seconds: .decimal(1)
    case .count, .flops: .integer
    }
  }

  /// The unit as files state it, beside values that are not rescaled: `1` for what has none.
  package var text: String {
    switch self {
    case .none: "1"
    case .fraction: "fraction"
    case .seconds: "s"
    case .count: "count"
    case .flops: "FLOPs"
    case .other(let text): text
    }
  }

  /// The unit that files state so.
  package init(text: String) {
    self =
      [.none, .fraction, .seconds, .count, .flops].first { $0.text == text } ?? .other(text)
  }
}
