/// A fixed column of the index: its name in files and its place in an `IndexRow`.
struct IndexColumn: Sendable {
  typealias Path<Value> = WritableKeyPath<IndexRow, Value> & Sendable

  enum Field: Sendable {
    case text(Path<String>)
    case flag(Path<Bool>)
    case integer(Path<Int>)
    /// −1 in files where there is none.
    case step(Path<Int?>)
    case number(Path<Double>)
    case status
    /// The metric at a place of `Metrics.all`.
    case metric(Metric, Int)
  }

  let name: String
  let field: Field

  /// The fixed columns in their order: conditions, metrics, and the conditions that came later.
  static let all = columns(with: Metrics.all)

  /// The fixed columns where these are the metrics.
  static func columns(with metrics: [Metric]) -> [IndexColumn] {
    [
      .init(name: "trial", field: .text(\.trial)), .init(name: "status", field: .status),
      .init(name: "final", field: .flag(\.isFinal)), .init(name: "model", field: .text(\.model)),
      .init(name: "dataset", field: .text(\.dataset)), .init(name: "criterion", field: .text(\.criterion)),
      .init(name: "granularity", field: .text(\.granularity)),
      .init(name: "allocation", field: .text(\.allocation)),
      .init(name: "schedule", field: .text(\.schedule)),
      .init(name: "retraining", field: .text(\.retraining)),
      .init(name: "rewind_step", field: .step(\.rewindStep)), .init(name: "control", field: .text(\.control)),
      .init(name: "target_sparsity", field: .number(\.targetSparsity)),
      .init(name: "requested_sparsity", field: .number(\.requestedSparsity)),
      .init(name: "sparsity", field: .number(\.sparsity)), .init(name: "density", field: .number(\.density)),
      .init(name: "seed", field: .integer(\.seed)), .init(name: "round", field: .integer(\.round)),
    ] + metrics.enumerated().map { .init(name: $1.name, field: .metric($1, $0)) } + [
      .init(name: "dynamics", field: .text(\.dynamics)), .init(name: "ladder", field: .flag(\.isLadder)),
      .init(name: "stopped_by", field: .text(\.stoppedBy)),
      .init(name: "processor", field: .text(\.processor)), .init(name: "kernels", field: .text(\.kernels)),
    ]
  }

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The fixed column of that name.
  static func named(_ name: String) -> IndexColumn? { byName[name] }

  /// The value in a row, or `nil` where it is a whole number that does not exist.
  func value(in row: IndexRow) -> ColumnValue? {
    switch field {
    case .text(let path): .text(row[keyPath: path])
    case .flag(let path): .integer(row[keyPath: path] ? 1 : 0)
    case .integer(let path): .integer(row[keyPath: path])
    case .step(let path): row[keyPath: path].map(ColumnValue.integer)
    case .number(let path): .number(row[keyPath: path])
    case .status: .text(row.status.rawValue)
    case .metric(let metric, let place): metric.columnValue(row.results[place])
    }
  }

  /// Puts a value into a row; `false` where it is not one of this column.
  func set(_ value: ColumnValue, in row: inout IndexRow) -> Bool {
    switch (field, value) {
    case (.text(let path), .text(let text)): row[keyPath: path] = text
    case (.flag(let path), .integer(let integer)): row[keyPath: path] = integer != 0
    case (.integer(let path), .integer(let integer)): row[keyPath: path] = integer
    case (.step(let path), .integer(let integer)):
      guard integer >= -1 else { return false }
      row[keyPath: path] = integer < 0 ? nil : integer
    case (.number(let path), .number(let number)): row[keyPath: path] = number
    case (.number(let path), .integer(let integer)): row[keyPath: path] = Double(integer)
    case (.metric(let metric, let place), .integer(let integer)):
      guard integer >= -1 || !metric.quantity.isWhole else { return false }
      row.results[place] = metric.quantity.isWhole && integer < 0 ? .nan : Double(integer)
    case (.metric(_, let place), .number(let number)): row.results[place] = number
    case (.status, .text(let text)):
      guard let status = TrialStatus(rawValue: text) else { return false }
      row.status = status
    default: return false
    }
    return true
  }
}

extension IndexColumn {
  /// Gives a row of a file from before this column what it means there; columns before it are read. Neutral values are those
  /// of a new row; and of the schedules of that time only `lottery-ticket` made every round a result.
  func setMissing(in row: inout IndexRow) {
    if name == "ladder" { row.isLadder = row.schedule == "lottery-ticket" }
  }
}

extension Metric {
  /// A value as the index holds it: whole numbers as integers (beyond 2⁵³ rounded), `nil` for one that was not measured.
  fileprivate func columnValue(_ value: Double) -> ColumnValue? {
    quantity.isWhole ? Int(exactly: value.rounded()).map(ColumnValue.integer) : .number(value)
  }
}

extension IndexRow {
  /// The names of the fixed columns.
  package static var columnNames: [String] { IndexColumn.all.map(\.name) }

  /// The value of a fixed column or, under its own name or that of its column (`setting_<name>`), of a swept
  /// setting; `nil` where there is none.
  package subscript(column column: String) -> ColumnValue? { IndexColumnReader(column).value(in: self) }
}

/// Reads one column of many rows: where it stands is found once.
package struct IndexColumnReader: Sendable {
  private let name: String
  private let fixed: IndexColumn?

  /// A reader of a fixed column or a swept setting, see `IndexRow[column:]`.
  package init(_ name: String) { (self.name, fixed) = (name, IndexColumn.named(name)) }

  /// The value in a row; `nil` where there is none.
  package func value(in row: IndexRow) -> ColumnValue? {
    if let fixed { return fixed.value(in: row) }
    return row.settings.first { $0.isCalled(name) }?.value
  }
}

extension IndexRow.SweptSetting {
  /// Whether a column of that name holds the setting.
  fileprivate func isCalled(_ column: String) -> Bool {
    if column == name || column == columnName { return true }
    return column.hasPrefix("setting_") && column.utf8.count == 8 + columnName.utf8.count
      && column.hasSuffix(columnName)
  }

  /// The name with `_` for everything that Python could not have in one.
  static func columnName(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
