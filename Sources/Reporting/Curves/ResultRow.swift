/// One row of a summary's index, a (trial, round), read by column name.
package struct ResultRow: Sendable, Equatable {
  /// The value of one column.
  package enum Value: Sendable, Equatable {
    case text(String)
    case number(Double)
  }

  /// The names of the columns, in the order of the index.
  package let columns: [String]
  private let values: [String: Value]

  /// A row of these columns and values; of columns with one name the first counts.
  package init(_ values: KeyValuePairs<String, Value>) {
    columns = values.map(\.key)
    self.values = Dictionary(values.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  package subscript(column: String) -> Value? { values[column] }

  /// The column as text, numbers in their shortest form and `none` for NaN. Nil when there is no such column.
  package func text(_ column: String) -> String? {
    switch values[column] {
    case .text(let text): text
    case .number(let number): number.isFinite ? NumberText.exact(number) : "none"
    case nil: nil
    }
  }

  /// The column as a finite number; nil when it is missing, not a number, or text.
  package func number(_ column: String) -> Double? {
    guard case .number(let number) = values[column], number.isFinite else { return nil }
    return number
  }
}
