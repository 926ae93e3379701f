import CoppiceStore

/// How people read a quantity.
extension Quantity {
  /// The unit as a heading shows it; `nil` for none.
  package var unitText: String? {
    switch unit {
    case .none, .count, .flops: nil
    case .fraction: "%"
    case .seconds: "s"
    case .other(let text): text
    }
  }

  /// Title and unit: `test accuracy (%)`.
  package var heading: String { title + (unitText.map { " (\($0))" } ?? "") }

  /// The heading with a capital, as an axis has it.
  package var label: String { heading.prefix(1).uppercased() + heading.dropFirst() }

  /// How a table prints it.
  package var tableFormat: Table.Format {
    switch format {
    case .integer: .integer
    case .decimal(let decimals): .decimal(decimals)
    case .percent(let decimals): .percent(decimals)
    }
  }

  /// Its axis in a figure.
  func axis(limits: ClosedRange<Double>? = nil) -> Axis {
    Axis(label: label, format: unit == .fraction ? .percent : .number, limits: limits, bounds: bounds)
  }
}
