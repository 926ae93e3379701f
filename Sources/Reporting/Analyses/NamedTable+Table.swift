import CoppiceStore

extension NamedTable {
  /// The table as it is printed.
  package var table: Table {
    Table(
      columns: columns.map { column in
        let isText = if case .texts = column.values { true } else { false }
        return Table.Column(
          name: column.name, heading: column.quantity.heading,
          format: isText ? .text : column.quantity.tableFormat, isName: isText)
      },
      rows: (0..<rowCount).map { row in
        columns.map { column in
          switch column.values[row] {
          case .text(let text): .text(text)
          case .integer(let integer): .number(Double(integer))
          case .number(let number): .number(number)
          }
        }
      })
  }

  /// Title and description, for the top of a printed table.
  package var heading: String { description.isEmpty ? title : title + "\n" + description }
}
