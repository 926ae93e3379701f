import CoppiceStore

/// The columns of some rows as whole numbers, equal where the texts are: to group many rows, texts are compared once.
final class ColumnCodes {
  /// One column.
  struct Column {
    /// One a row, numbered in the order in which values appear.
    let codes: [Int]
    /// What each number stands for.
    let texts: [String]
  }

  private let rows: [IndexRow]
  private var known: [String: Column] = [:]

  init(_ rows: [IndexRow]) { self.rows = rows }

  subscript(name: String) -> Column {
    if let column = known[name] { return column }
    let column = coded(name)
    known[name] = column
    return column
  }

  private func coded(_ name: String) -> Column {
    let reader = IndexColumnReader(name)
    var (codes, texts): ([Int], [String]) = ([], [])
    codes.reserveCapacity(rows.count)
    var places: [String: Int] = [:]
    var last: ColumnValue?
    for row in rows {
      let value = reader.value(in: row)
      // Neighbours are often alike.
      if let code = codes.last, value == last {
        codes.append(code)
        continue
      }
      last = value
      let text = IndexRow.text(value)
      if let place = places[text] {
        codes.append(place)
      } else {
        places[text] = texts.count
        codes.append(texts.count)
        texts.append(text)
      }
    }
    return Column(codes: codes, texts: texts)
  }

  /// Whether a column has more than one value.
  func varies(_ name: String) -> Bool { self[name].texts.count > 1 }

  /// The positions of the rows of each combination of the columns' values, in the order in which combinations appear.
  func groups(by columns: [String]) -> [[Int]] {
    var (ids, count) = ([Int](repeating: 0, count: rows.count), rows.isEmpty ? 0 : 1)
    for column in columns where varies(column) {
      let codes = self[column]
      var places: [Int: Int] = [:]
      for position in ids.indices {
        let pair = ids[position] * codes.texts.count + codes.codes[position]
        let place = places[pair] ?? places.count
        if place == places.count { places[pair] = place }
        ids[position] = place
      }
      count = places.count
    }
    var groups = [[Int]](repeating: [], count: count)
    for (position, id) in ids.enumerated() { groups[id].append(position) }
    return groups
  }
}
