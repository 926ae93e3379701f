/// A fixed column of the index: its name in files and its place in an `IndexRow`.
struct IndexColumn {
  enum Field {
    case text(WritableKeyPath<IndexRow, String>)
    case flag(WritableKeyPath<IndexRow, Bool>)
    case integer(WritableKeyPath<IndexRow, Int>)
    /// −1 in files where there is none.
    case step(WritableKeyPath<IndexRow, Int?>)
    case number(WritableKeyPath<IndexRow, Double>)
    case status
  }

  let name: String
  let field: Field

  /// The fixed columns in their order.
  static var all: [IndexColumn] {
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
      .init(name: "parameters", field: .integer(\.parameters)),
      .init(name: "parameters_nonzero", field: .integer(\.parametersNonzero)),
      .init(name: "flops", field: .integer(\.flops)),
      .init(name: "flops_nonzero", field: .integer(\.flopsNonzero)),
      .init(name: "training_flops", field: .integer(\.trainingFlops)),
      .init(name: "train_loss", field: .number(\.trainLoss)),
      .init(name: "validation_loss", field: .number(\.validationLoss)),
      .init(name: "validation_accuracy", field: .number(\.validationAccuracy)),
      .init(name: "test_loss", field: .number(\.testLoss)),
      .init(name: "test_accuracy", field: .number(\.testAccuracy)),
      .init(name: "early_stop_step", field: .step(\.earlyStopStep)),
      .init(name: "early_stop_test_accuracy", field: .number(\.earlyStopTestAccuracy)),
      .init(name: "wall_time", field: .number(\.wallTime)),
    ]
  }

  /// The value in a row, or `nil` where it is a step that does not exist.
  func value(in row: IndexRow) -> ColumnValue? {
    switch field {
    case .text(let path): .text(row[keyPath: path])
    case .flag(let path): .integer(row[keyPath: path] ? 1 : 0)
    case .integer(let path): .integer(row[keyPath: path])
    case .step(let path): row[keyPath: path].map(ColumnValue.integer)
    case .number(let path): .number(row[keyPath: path])
    case .status: .text(row.status.rawValue)
    }
  }

  /// Puts a value into a row; `false` where it is not one of this column.
  func set(_ value: ColumnValue, in row: inout IndexRow) -> Bool {
    switch (field, value) {
    case (.text(let path), .text(let text)): row[keyPath: path] = text
    case (.flag(let path), .integer(let integer)): row[keyPath: path] = integer != 0
    case (.integer(let path), .integer(let integer)): row[keyPath: path] = integer
    case (.step(let path), .integer(let integer)): row[keyPath: path] = integer < 0 ? nil : integer
    case (.number(let path), .number(let number)): row[keyPath: path] = number
    case (.number(let path), .integer(let integer)): row[keyPath: path] = Double(integer)
    case (.status, .text(let text)):
      guard let status = TrialStatus(rawValue: text) else { return false }
      row.status = status
    default: return false
    }
    return true
  }
}

extension IndexRow {
  /// The names of the fixed columns.
  package static var columnNames: [String] { IndexColumn.all.map(\.name) }

  /// The value of a fixed column or, under its own name or that of its column (`setting_<name>`), of a swept
  /// setting; `nil` where there is none.
  package subscript(column column: String) -> ColumnValue? {
    if let fixed = IndexColumn.all.first(where: { $0.name == column }) { return fixed.value(in: self) }
    return settings.first { [$0.name, $0.columnName, "setting_" + $0.columnName].contains(column) }?.value
  }
}

extension IndexRow.Setting {
  /// The name with `_` for everything that Python could not have in one.
  var columnName: String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
