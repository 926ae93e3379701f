import CoppiceStore

extension Table {
  /// The rows of an index as they are: one line a trial and round, every column, nothing averaged.
  /// - Parameter names: the columns; `nil` for all that these rows make.
  package init(_ rows: [IndexRow], columns names: [String]? = nil) {
    let names = names ?? IndexRow.columnNames(of: rows)
    let readers = names.map { IndexColumnReader($0) }
    self.init(
      columns: names.map { Column(name: $0, isName: $0 == "trial") },
      rows: rows.map { row in
        readers.map { reader in
          switch reader.value(in: row) {
          case .text(let text): .text(text)
          case .integer(let integer): .number(Double(integer))
          case .number(let number): .number(number)
          case nil: .missing
          }
        }
      })
  }
}
