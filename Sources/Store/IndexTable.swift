import CoppiceHDF5

/// Rows of the index as a table in a file, and back.
///
/// A swept setting's column has the setting's name with `_` for everything that Python could not have in a
/// name. Where a fixed column of that name says the same, that column serves; where it says something else,
/// or where a reader would trip over the name, the setting's column is called `setting_<name>`. The
/// attributes `settings` and `setting_columns` of the table give the names as they were and where their
/// values are.
enum IndexTable {
  /// Writes `/index`.
  static func write(_ rows: [IndexRow], to root: HDF5Group) throws(HDF5Error) {
    var columns = IndexColumn.all.map { HDF5Table.Column($0.name, values(of: $0, in: rows)) }
    let settings = settingColumns(of: rows)
    for setting in settings where IndexColumn.named(setting.column) == nil {
      let values = rows.map { row in row.settings.first { $0.name == setting.name }?.value }
      columns.append(.init(setting.column, Self.values(values)))
    }
    let dataset = try root.write("index", HDF5Table(columns))
    try dataset.setAttribute(
      "description", "one row a trial and round; missing numbers are NaN, missing whole numbers -1")
    try dataset.setAttribute("units", .texts(columns.map(Self.unit)))
    try dataset.setAttribute("settings", .texts(settings.map(\.name)))
    try dataset.setAttribute("setting_columns", .texts(settings.map(\.column)))
  }

  /// The unit of a column, one a column in the order of the table: `1` for a number without one, nothing for a text.
  private static func unit(of column: HDF5Table.Column) -> String {
    column.values.texts == nil ? Metrics.column(column.name).quantity.unit.text : ""
  }

  /// Reads `/index`.
  static func read(from root: HDF5Group) throws(HDF5Error) -> [IndexRow] {
    let dataset = try root.dataset("index")
    let table = try dataset.readTable()
    var rows = [IndexRow](repeating: IndexRow(trial: "", seed: 0, round: 0), count: table.rowCount)
    for column in IndexColumn.all {
      // A minor version may have added the column after this file was written.
      guard let values = table[column.name] else {
        for index in rows.indices { column.setMissing(in: &rows[index]) }
        continue
      }
      for (index, value) in columnValues(values).enumerated() {
        guard column.set(value, in: &rows[index]) else {
          throw HDF5Error(
            call: "read", file: root.file, object: "/index",
            message: "bad \(column.name) \(value) in row \(index)")
        }
      }
    }
    guard case .texts(let names)? = try dataset.attribute("settings"),
      case .texts(let columns)? = try dataset.attribute("setting_columns"), names.count == columns.count
    else { return rows }
    for (name, column) in zip(names, columns) {
      guard let values = table[column] else { continue }
      let columnName = IndexRow.SweptSetting.columnName(name)
      for (index, value) in columnValues(values).enumerated() where !isMissing(value) {
        rows[index].settings.append(.init(name, value, columnName: columnName))
      }
    }
    return rows
  }

  /// The swept settings in order of first appearance, and the column that holds each.
  static func settingColumns(of rows: [IndexRow]) -> [(name: String, column: String)] {
    var settings: [(name: String, column: String)] = []
    var taken = Set<String>()
    for setting in rows.lazy.flatMap(\.settings) where !settings.contains(where: { $0.name == setting.name })
    {
      var column = setting.columnName
      if let fixed = IndexColumn.named(column) {
        let agrees = rows.allSatisfy { row in
          guard let value = row.settings.first(where: { $0.name == setting.name })?.value else {
            return false
          }
          return fixed.value(in: row)?.agrees(with: value) ?? false
        }
        if agrees {
          settings.append((setting.name, column))
          continue
        }
        column = "setting_" + column
      }
      // `method` is a keyword of xarray's selections, and a name may not begin with a digit.
      if column == "method" || column.first?.isNumber != false { column = "setting_" + column }
      while !taken.insert(column).inserted { column += "_" }
      settings.append((setting.name, column))
    }
    return settings
  }

  private static func values(of column: IndexColumn, in rows: [IndexRow]) -> HDF5Table.Values {
    let values = rows.map { column.value(in: $0) }
    switch column.field {
    case .text, .status: return .text(values.map { $0?.description ?? "" })
    case .flag: return .uint8(values.map { $0 == .integer(1) ? 1 : 0 })
    case .metric(let metric, _) where !metric.quantity.isWhole: fallthrough
    case .number: return .float64(values.map { $0?.number ?? .nan })
    case .integer, .step, .metric:
      return .int64(values.map { if case .integer(let value)? = $0 { Int64(value) } else { -1 } })
    }
  }

  /// A column of one type for values of several: integers if all are, else numbers if all are, else text.
  private static func values(_ values: [ColumnValue?]) -> HDF5Table.Values {
    let integers = values.compactMap { if case .integer(let value)? = $0 { Int64(value) } else { nil } }
    if integers.count == values.count { return .int64(integers) }
    if values.contains(where: { if case .text? = $0 { true } else { false } }) {
      return .text(values.map { $0?.description ?? "" })
    }
    return .float64(values.map { $0?.number ?? .nan })
  }

  private static func columnValues(_ values: HDF5Table.Values) -> [ColumnValue] {
    if let texts = values.texts { return texts.map(ColumnValue.text) }
    if let integers = values.integers { return integers.map(ColumnValue.integer) }
    return (values.doubles ?? []).map(ColumnValue.number)
  }

  private static func isMissing(_ value: ColumnValue) -> Bool {
    switch value {
    case .text(let text): text.isEmpty
    case .number(let number): number.isNaN
    case .integer: false
    }
  }
}

extension IndexRow {
  /// The names of all columns of the index that these rows make: the fixed ones, then those of the swept
  /// settings. Each is good for `row[column:]`.
  package static func columnNames(of rows: [IndexRow]) -> [String] {
    columnNames + IndexTable.settingColumns(of: rows).map(\.column).filter { !columnNames.contains($0) }
  }
}
