/// The cheapest way to give every row a column of its own, exactly: the Hungarian method with shortest augmenting paths, in
/// O(rows² · columns).
///
/// H. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2, 1955; R. Jonker, A. Volgenant, "A
/// shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987. Of equally cheap ways it
/// always finds the same one.
package struct Assignment: Hashable, Sendable {
  /// The column of each row.
  package let columns: [Int]
  /// What they cost together.
  package let cost: Double

  /// The cheapest assignment.
  ///
  /// - Parameters:
  ///   - costs: by row, then column, all finite.
  ///   - rows: how many rows there are, at most as many as columns.
  package init(_ costs: [Double], rows: Int) {
    guard rows > 0 else { (columns, cost) = ([], 0); return }
    let width = costs.count / rows
    precondition(width >= rows && width * rows == costs.count, "every row needs a column of its own")
    // Row and column 0 are a place to begin from. What a row and a column are worth: a pair of them costs at least their sum.
    var (rowWorth, columnWorth) = (
      [Double](repeating: 0, count: rows + 1), [Double](repeating: 0, count: width + 1)
    )
    var rowOf = [Int](repeating: 0, count: width + 1)
    var before = [Int](repeating: 0, count: width + 1)
    costs.withUnsafeBufferPointer { costs in
      for row in 1...rows {
        rowOf[0] = row
        var column = 0
        var distance = [Double](repeating: .infinity, count: width + 1)
        var isSettled = [Bool](repeating: false, count: width + 1)
        repeat {
          isSettled[column] = true
          let from = rowOf[column]
          let start = (from - 1) * width - 1
          var (step, next) = (Double.infinity, 0)
          for other in 1...width where !isSettled[other] {
            let reduced = costs[start + other] - rowWorth[from] - columnWorth[other]
            if reduced < distance[other] { (distance[other], before[other]) = (reduced, column) }
            if distance[other] < step { (step, next) = (distance[other], other) }
          }
          for other in 0...width {
            if isSettled[other] {
              rowWorth[rowOf[other]] += step
              columnWorth[other] -= step
            } else {
              distance[other] -= step
            }
          }
          column = next
        } while rowOf[column] != 0
        // Back along the path, every column on it changes its row.
        while column != 0 {
          let previous = before[column]
          rowOf[column] = rowOf[previous]
          column = previous
        }
      }
    }
    var columns = [Int](repeating: 0, count: rows)
    for column in 1...width where rowOf[column] > 0 { columns[rowOf[column] - 1] = column - 1 }
    self.columns = columns
    cost = columns.enumerated().reduce(0) { $0 + costs[$1.offset * width + $1.element] }
  }
}
