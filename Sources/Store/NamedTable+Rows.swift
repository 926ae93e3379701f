extension NamedTable {
  /// Its rows as rows of an index, so that they meet conditions as those do: columns of a name that an index has are taken as such, and
  /// the others as swept settings. None is a dense network that others are compared with.
  package var indexRows: [IndexRow] {
    (0..<rowCount).map { place in
      var row = IndexRow(trial: "", seed: 0, round: 0)
      row.isLadder = true
      for column in columns {
        let value = column.values[place]
        if let fixed = IndexColumn.named(column.name), fixed.set(value, in: &row) { continue }
        row.settings.append(.init(column.name, value))
      }
      return row
    }
  }

  /// The table with the rows at these places alone.
  package func keeping(_ places: [Int]) -> NamedTable {
    var kept = self
    kept.columns = columns.map { Column($0.quantity, $0.values.keeping(places)) }
    return kept
  }
}

extension ColumnValues {
  fileprivate func keeping(_ places: [Int]) -> ColumnValues {
    switch self {
    case .texts(let values): .texts(places.map { values[$0] })
    case .integers(let values): .integers(places.map { values[$0] })
    case .numbers(let values): .numbers(places.map { values[$0] })
    }
  }
}
