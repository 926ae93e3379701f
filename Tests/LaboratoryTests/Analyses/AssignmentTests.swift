import CoppiceLaboratory
import CoppiceTensors
import Testing

@Suite struct AssignmentTests {
  /// Every way to give rows columns of their own.
  private func all(_ rows: Int, _ columns: [Int]) -> [[Int]] {
    if rows == 0 { return [[]] }
    return columns.flatMap { column in
      all(rows - 1, columns.filter { $0 != column }).map { [column] + $0 }
    }
  }

  @Test func noOtherWayIsCheaper() {
    var random = RandomStream(seed: 3, stream: .generation)
    for (rows, columns) in [(1, 1), (1, 4), (2, 2), (3, 3), (4, 4), (3, 5), (5, 5), (6, 6)] {
      for round in 0..<6 {
        // Small whole numbers have ties, others none.
        let costs = (0..<rows * columns).map { _ in
          round < 3 ? Double(random.integer(below: 4)) : Double(random.uniform()) - 0.5
        }
        let found = Assignment(costs, rows: rows)
        let least = all(rows, Array(0..<columns)).map { way in
          way.enumerated().reduce(0.0) { $0 + costs[$1.offset * columns + $1.element] }
        }.min()
        #expect(Set(found.columns).count == rows)
        #expect(abs(found.cost - (least ?? 0)) < 1e-12, "\(rows) × \(columns): \(costs)")
        #expect(found == Assignment(costs, rows: rows))
      }
    }
  }

  @Test func itIsThatOfSciPy() throws {
    for assigned in try AnalysesFixture.read().assignments {
      let found = Assignment(assigned.costs, rows: assigned.rows)
      #expect(found.columns == assigned.columns)
      #expect(abs(found.cost - assigned.cost) < 1e-12)
    }
  }

  @Test func nothingNeedsNothing() {
    #expect(Assignment([], rows: 0).columns.isEmpty)
  }
}
