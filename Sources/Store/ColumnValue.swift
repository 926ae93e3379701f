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

/// The values of a column, or the labels along an axis: all of one kind.
package enum ColumnValues: Hashable, Sendable {
  case texts([String])
  case integers([Int])
  case numbers([Double])

  /// How many there are.
  package var count: Int {
    switch self {
    case .texts(let values): values.count
    case .integers(let values): values.count
    case .numbers(let values): values.count
    }
  }

  /// The value at a place.
  package subscript(place: Int) -> ColumnValue {
    switch self {
    case .texts(let values): .text(values[place])
    case .integers(let values): .integer(values[place])
    case .numbers(let values): .number(values[place])
    }
  }
}
