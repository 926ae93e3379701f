import CoppiceStore
import CoppiceTerms

/// The rows of a summary as a page shows them: what varies as a table, what does not as one line.
struct ReportRows {
  /// The names of the trials, in the order of the rows.
  let trials: [String]
  let table: Table
  /// The columns in which all rows agree: their headings with that value.
  let constants: [(heading: String, text: String)]
  /// The places of the rows with which trials end.
  let last: [Int]
  /// Where rows stand.
  let places: [RowPlace: Int]

  /// What says nothing to a reader, or is said elsewhere.
  private static let unshown: Set = ["final", "ladder"]

  init(_ rows: [IndexRow]) {
    var (trials, last): ([String], [String: Int]) = ([], [:])
    var places: [RowPlace: Int] = [:]
    func rank(_ row: IndexRow) -> (Int, Int) { (row.isFinal ? 1 : 0, row.round) }
    for (place, row) in rows.enumerated() {
      places[RowPlace(row)] = place
      if let other = last[row.trial] {
        if rank(rows[other]) < rank(row) { last[row.trial] = place }
      } else {
        trials.append(row.trial)
        last[row.trial] = place
      }
    }
    (self.trials, self.places, self.last) = (trials, places, trials.compactMap { last[$0] })

    var columns: [(column: Table.Column, cells: [Table.Cell])] = []
    var constants: [(heading: String, text: String)] = []
    for name in IndexRow.columnNames(of: rows) where !Self.unshown.contains(name) {
      let cells = rows.map { Self.cell($0[column: name]) }
      if cells.allSatisfy({ $0 == .missing }) { continue }
      let quantity = Metrics.column(name).quantity
      let isText = cells.contains { if case .text = $0 { true } else { false } }
      let isMetric = Metrics.all.contains { $0.name == name } || Self.sparsities.contains(name)
      let column = Table.Column(
        name: name, heading: isMetric ? quantity.heading : name.replacing("_", with: " "),
        format: isText || !isMetric ? .text : quantity.tableFormat, isName: name == "trial")
      if name != "trial", rows.count > 1, let first = cells.first, cells.allSatisfy({ $0 == first }) {
        let text = Table(columns: [column]).display(first, column)
        constants.append((column.heading, text))
      } else {
        columns.append((column, cells))
      }
    }
    self.constants = constants
    table = Table(
      columns: columns.map(\.column),
      rows: rows.indices.map { row in columns.map { $0.cells[row] } })
  }

  private static let sparsities: Set = ["sparsity", "density", "requested_sparsity", "target_sparsity"]

  private static func cell(_ value: ColumnValue?) -> Table.Cell {
    switch value {
    case .text(let text): text.isEmpty ? .missing : .text(text)
    case .integer(let integer): .number(Double(integer))
    case .number(let number): number.isFinite ? .number(number) : .missing
    case nil: .missing
    }
  }

  /// The columns that are shown at first: what tells trials apart and the measure they are compared by.
  func shown(_ measure: String) -> [String] {
    let first: Set = ["trial", "status", "seed", "round", "sparsity", "validation_accuracy", measure]
    return table.columns.filter { column in
      first.contains(column.name)
        || column.format == .text && !Metrics.all.contains { $0.name == column.name }
    }.map(\.name)
  }
}
