/// The assignment of rows to columns with the largest total: every row gets a column of its own.
///
/// The Hungarian method with potentials, one row after the other along a shortest augmenting path: n² · m operations for n rows and m
/// columns. H. Kuhn, "The Hungarian method for the assignment problem", 1955; the form is that of R. Jonker and A. Volgenant,
/// "A shortest augmenting path algorithm for dense and sparse linear assignment problems", 1987. Of equal assignments one is found
/// that depends on the values alone.
enum Assignment {
  /// The column of every row. There must be no more rows than columns.
  static func largest(_ values: [[Int]]) -> [Int] {
    let (rows, columns) = (values.count, values.first?.count ?? 0)
    // Rows and columns count from 1; column 0 stands for the row that is being placed.
    var rowPotential = [Int](repeating: 0, count: rows + 1)
    var columnPotential = [Int](repeating: 0, count: columns + 1)
    var owner = [Int](repeating: 0, count: columns + 1)
    var previous = [Int](repeating: 0, count: columns + 1)
    for row in values.indices {
      owner[0] = row + 1
      var column = 0
      var slack = [Int](repeating: .max, count: columns + 1)
      var seen = [Bool](repeating: false, count: columns + 1)
      repeat {
        seen[column] = true
        let (current, from) = (owner[column], column)
        var step = Int.max
        for next in 1...columns where !seen[next] {
          let cost = -values[current - 1][next - 1] - rowPotential[current] - columnPotential[next]
          if cost < slack[next] { (slack[next], previous[next]) = (cost, from) }
          if slack[next] < step { (step, column) = (slack[next], next) }
        }
        for place in 0...columns {
          if seen[place] {
            rowPotential[owner[place]] += step
            columnPotential[place] -= step
          } else if slack[place] < .max {
            slack[place] -= step
          }
        }
      } while owner[column] != 0
      while column != 0 {
        owner[column] = owner[previous[column]]
        column = previous[column]
      }
    }
    var found = [Int](repeating: 0, count: rows)
    for column in owner.indices.dropFirst() where owner[column] != 0 { found[owner[column] - 1] = column - 1 }
    return found
  }
}
