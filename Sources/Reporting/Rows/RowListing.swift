import CoppiceStore
import CoppiceTerms

/// Rows of an index as a list: some columns, sorted, not averaged.
package struct RowListing {
  private let rows: [IndexRow]
  /// The order in which rows are listed.
  private var order: [Int]
  private let columns: [RowColumn]
  private let known: [RowColumn]

  /// Lists rows.
  ///
  /// - Parameters:
  ///   - rows: those that are listed.
  ///   - all: those they are chosen from, whose columns there are.
  ///   - chosen: the columns; `all` among them stands for those of the index; `nil` for the trial's name, what varies in
  ///     what a label names, the sparsity and the test accuracy.
  ///   - further: columns that rows have beside those of the index.
  ///   - hasFurther: whether the first of those is shown where nothing is chosen.
  /// - Throws: `ReportingError.unknownColumn`.
  package init(
    _ rows: [IndexRow], of all: [IndexRow], columns chosen: [String]? = nil, beside further: [RowColumn] = [],
    hasFurther: Bool = false
  ) throws(ReportingError) {
    self.rows = rows
    order = Array(rows.indices)
    let index = IndexRow.columnNames(of: all)
    let settings = Set(all.lazy.flatMap(\.settings).map(\.name)).subtracting(index).sorted()
    known = further + (index + settings).map { RowColumn(ofIndex: $0) }
    var names = chosen?.flatMap { $0 == "all" ? index : [$0] } ?? Self.usual(all)
    if chosen == nil, hasFurther { names += further.prefix(1).map(\.name) }
    var columns: [RowColumn] = []
    for name in names { columns.append(try Self.column(name, among: known)) }
    self.columns = columns
  }

  private static func column(
    _ name: String, among known: [RowColumn]
  ) throws(ReportingError) -> RowColumn {
    guard let column = known.first(where: { $0.name == name }) else {
      throw .unknownColumn(name, known: known.map(\.name))
    }
    return column
  }

  /// The columns that are shown where none are chosen.
  private static func usual(_ rows: [IndexRow]) -> [String] {
    let codes = ColumnCodes(rows)
    let named = (CurveSet.identityColumns + CurveSet.comparedColumns(of: rows)).filter {
      !["summary", "rewind_step"].contains($0) && !$0.hasPrefix("setting_") && codes.varies($0)
    }
    var names = ["trial"]
    for name in ["status"] + named + ["seed", "round", "sparsity", "test_accuracy"]
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// Sorts by columns, the first counts most; with a minus before its name the highest comes first. What has no value comes last,
  /// and equal rows keep their order.
  package mutating func sort(by names: [String]) throws(ReportingError) {
    for name in names.reversed() {
      let isFalling = name.hasPrefix("-")
      let column = try Self.column(isFalling ? String(name.dropFirst()) : name, among: known)
      let keys = rows.map { SortKey(column.value($0)) }
      // Sorting keeps the order of equals.
      order = order.enumerated().sorted { one, other in
        let (a, b) = (keys[one.element], keys[other.element])
        if a.isMissing != b.isMissing { return b.isMissing }
        if a != b { return isFalling ? b < a : a < b }
        return one.offset < other.offset
      }.map(\.element)
    }
  }

  /// The table of the first rows.
  package func table(limit: Int? = nil) -> Table {
    let shown = order.prefix(limit ?? order.count)
    let values = columns.map { column in shown.map { column.value(rows[$0]) } }
    return Table(
      columns: zip(columns, values).map { Self.column($0.name, $1) },
      rows: shown.indices.map { place in values.map { Self.cell($0[place - shown.startIndex]) } })
  }

  private static func column(_ name: String, _ values: [ColumnValue?]) -> Table.Column {
    let isText = values.contains { if case .text? = $0 { true } else { false } }
    let isWhole = values.allSatisfy { if case .number? = $0 { false } else { true } }
    let quantity = Metrics.column(name).quantity
    let isMetric = quantity.unit != .none || Metrics.all.contains { $0.name == name }
    return Table.Column(
      name: name, heading: isMetric ? quantity.heading : name,
      format: isText ? .text : isMetric ? quantity.tableFormat : isWhole ? .integer : .text,
      isName: name == "trial")
  }

  private static func cell(_ value: ColumnValue?) -> Table.Cell {
    switch value {
    case .text(let text): text.isEmpty ? .missing : .text(text)
    case .integer(let integer): .number(Double(integer))
    case .number(let number): .number(number)
    case nil: .missing
    }
  }
}

/// What rows are sorted by: numbers before texts.
private enum SortKey: Comparable {
  case number(Double)
  case text(String)
  case missing

  init(_ value: ColumnValue?) {
    switch value {
    case .text(let text): self = text.isEmpty ? .missing : .text(text)
    case let value?: self = value.number.flatMap { $0.isNaN ? nil : .number($0) } ?? .missing
    case nil: self = .missing
    }
  }

  var isMissing: Bool { self == .missing }
}
