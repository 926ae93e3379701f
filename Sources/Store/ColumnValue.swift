/// A value in a column.
package enum ColumnValue: Hashable, Sendable, CustomStringConvertible {
  case text(String)
  case integer(Int)
  case number(Double)

  /// The value as a Double, where it is a number.
  package var number: Double? {
    switch self {
    case .text: nil
    case .integer(let value): Double(value)
    case .number(let value): value
    }
  }

  package var description: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    }
  }

  /// Equality that takes 1 and 1.0 for the same.
  func agrees(with other: ColumnValue) -> Bool {
    if let number, let theirs = other.number { return number == theirs }
    return self == other
  }
}
