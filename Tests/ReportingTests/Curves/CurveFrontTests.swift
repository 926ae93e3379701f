import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct CurveFrontTests {
  /// Two criteria at two sparsities with a cost that differs over seeds; `random` is beaten everywhere.
  static func rows() -> [IndexRow] {
    IndexRows.grid().map { row in
      var row = row
      row[metric: .latency] = 10 * row.density + 0.1 * Double(row.seed) + (row.criterion == "random" ? 1 : 0)
      row[metric: .notFaster] = row.criterion == "random" && row.seed == 1 ? 1 : 0
      row[metric: .notFaster64] = 0
      return row
    }
  }

  @Test func theTableMarksWhatNothingBeats() throws {
    let table = try CurveSet(Self.rows()).table(frontAgainst: "latency")
    let names = table.columns.map(\.name)
    let front = try #require(names.firstIndex(of: "front"))
    let criterion = try #require(names.firstIndex(of: "criterion"))
    #expect(names.contains("latency"))
    let marks = table.rows.map { row in (table.display(row[criterion], table.columns[criterion]), row[front])
    }
    #expect(
      marks.map(\.0) == ["dense", "magnitude", "magnitude", "random", "random"])
    #expect(marks.map(\.1) == [.number(1), .number(1), .number(1), .number(0), .number(0)])
    let slow = try #require(names.firstIndex(of: "not_faster"))
    #expect(table.rows.map { $0[slow] } == [0, 0, 0, 1, 1].map(Table.Cell.number))
    // Nobody asked.
    #expect(try !CurveSet(Self.rows()).table().columns.contains { $0.name == "front" })
    #expect(try !CurveSet(IndexRows.grid()).table().columns.contains { $0.name.hasPrefix("not_faster") })
    #expect(throws: ReportingError.self) { try CurveSet(Self.rows()).table(frontAgainst: "criterion") }
  }

  @Test func theFigureHasBarsInBothDirectionsAndTheFront() throws {
    let figure = try CurveSet(Self.rows()).figure(column: "latency", hasFront: true)
    let front = try #require(figure.lines.last)
    #expect(front.label == "Pareto front" && front.isReference)
    // Steps: what is reached at a cost is reached at every higher one.
    let means = [(2.1, 0.83), (5.1, 0.83), (5.1, 0.86), (10.1, 0.86), (10.1, 0.91)]
    #expect(front.points.count == means.count)
    for (point, mean) in zip(front.points, means) {
      #expect(abs(point.x - mean.0) < 1e-12 && abs((point.y ?? 0) - mean.1) < 1e-12)
    }
    // It is not taken for a dense network.
    let dashes = figure.namedBaselines.indices.map { LineStyle.reference($0).dash }
    #expect(!dashes.isEmpty && !dashes.contains(figure.style(figure.lines.count - 1).dash))
    let point = figure.lines[0].points[0]
    let (low, high) = (try #require(point.xLow), try #require(point.xHigh))
    #expect(low < point.x && point.x < high)
    #expect(figure.caption.contains("bars, in both directions: 95 % CI"))
    #expect(figure.caption.contains("Smaller and not faster at batch 1: 2 networks."))
    #expect(!figure.caption.contains("batch 64"))
    // Vertical and horizontal bars with their ends, two curves of two points.
    let bars = figure.svg.split(separator: "stroke-width=\"1.1\"").dropFirst()
    #expect(bars.count == 2)
    for bar in bars {
      #expect(bar.split(separator: "</g>")[0].split(separator: "<line").count - 1 == 12)
    }
    // A sparsity is the same for all seeds.
    #expect(try CurveSet(Self.rows()).figure().lines.allSatisfy { !$0.hasBars })
  }

  @Test func ofMoreIsBetterTheFrontRunsTheOtherWay() throws {
    let rows = Self.rows().map { row in
      var row = row
      row[metric: .throughput] = 100 / row[metric: .latency]
      return row
    }
    let front = try #require(
      try CurveSet(rows).figure(column: "throughput", hasFront: true).lines.last)
    let places = front.points.map { ($0.x, $0.y ?? 0) }
    for (before, after) in zip(places, places.dropFirst()) {
      #expect(after.0 <= before.0 && after.1 >= before.1)
    }
    #expect(places.count == 5)
  }
}
