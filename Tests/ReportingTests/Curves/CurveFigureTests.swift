import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct CurveFigureTests {
  @Test func theFigureShowsMeansBandsAndTheBaseline() throws {
    let figure = try CurveSet(IndexRows.grid()).figure(command: "coppice plot summary.h5")
    #expect(figure.title == "mlp on glyphs: test accuracy")
    #expect(figure.x.label == "Weights remaining (%)")
    #expect(figure.y.label == "Test accuracy (%)")
    #expect(figure.caption == "Mean; band: 95 % CI (Student t); n = 3 seeds.")
    #expect(figure.baselines.map(\.label) == ["dense"])
    #expect(abs(figure.baselines[0].y - 0.91) < 1e-12)
    let point = figure.lines[0].points[0]
    #expect(point.x == 0.5)
    #expect(abs(try #require(point.y) - 0.86) < 1e-12)
    // t(0.975, 2) · 0.01/√3
    let (low, high) = (try #require(point.low), try #require(point.high))
    #expect(abs(high - low - 2 * 0.024841377) < 1e-8)
    #expect(point.note == "50 % remaining: 86.00 (83.52 to 88.48), n = 3")
    #expect(figure.svg.contains("data-command=\"coppice plot summary.h5\""))
  }

  @Test(arguments: [(SparsityAxis.remaining, 0.2), (.sparsity, 0.8), (.compression, 5)])
  func everyHorizontalAxisIsOfOneDensity(axis: SparsityAxis, expected: Double) throws {
    let figure = try CurveSet(IndexRows.grid()).figure(against: axis)
    #expect(abs(figure.lines[0].points[1].x - expected) < 1e-12)
    #expect(figure.x.isReversed == (axis == .remaining))
  }

  @Test func bandsAreNamedInTheCaption() throws {
    let set = try CurveSet(IndexRows.grid())
    #expect(try set.figure(band: .minmax).caption == "Mean; band: minimum to maximum; n = 3 seeds.")
    #expect(try set.figure(band: .none).caption == "Mean; n = 3 seeds.")
    #expect(try set.figure(band: .none).lines[0].points[0].low == nil)
    let single = try CurveSet(IndexRows.grid().filter { $0.seed == 0 })
    #expect(try single.figure().caption == "Mean; n = 1 seed.")
  }

  @Test func marksAreExplainedInTheCaption() throws {
    let ladder = try CurveSet(IndexRows.ladder(endingAt: (seed: 1, round: 2))).figure()
    #expect(
      ladder.caption
        == "Mean; band: 95 % CI (Student t); n = 3 seeds. Each curve follows the rounds of one ladder. "
        + "Open markers: n = 2/3. Crossed out: a trial collapsed, diverged or failed.")
    #expect(ladder.lines[0].points.map(\.isTroubled) == [false, false, true, false])
    #expect(ladder.lines[0].points.map(\.isComplete) == [true, true, true, false])
    #expect(ladder.lines[0].points[2].note?.hasSuffix("n = 3, 1 collapsed") == true)
  }

  @Test func theCaptionSaysWhichCurvesAreLadders() throws {
    let rows = IndexRows.grid() + IndexRows.ladder(control: "random-mask")
    let caption = try CurveSet(rows).figure().caption
    #expect(caption.contains(" Rounds of one ladder: magnitude, lottery-ticket; the others: final networks."))
  }

  @Test func whatWasNotMeasuredIsAGap() throws {
    var rows = IndexRows.grid()
    for seed in 0..<3 { rows.append(IndexRows.row(target: 0.65, seed: seed, accuracy: .nan)) }
    let figure = try CurveSet(rows).figure()
    #expect(figure.lines[0].points[1].y == nil)
    #expect(figure.caption.hasSuffix("Gaps: no value."))
  }

  /// 0.99 ± 0.03 would reach beyond every network there can be.
  @Test func bandsEndWhereValuesEnd() throws {
    var rows: [IndexRow] = []
    for (seed, accuracy) in [0.98, 0.99, 1.0].enumerated() {
      rows += [0.5, 0.8].map { IndexRows.row(target: $0, seed: seed, accuracy: accuracy) }
    }
    let point = try CurveSet(rows).figure().lines[0].points[0]
    #expect(point.high == 1)
    #expect(abs(try #require(point.low) - (0.99 - 0.024841377)) < 1e-8)
    #expect(point.note?.contains("to 100.00)") == true)
    // A loss has no upper end.
    #expect(try #require(try CurveSet(rows).figure(of: "test_loss").lines[0].points[0].high) > 0.02)
  }

  @Test func anyNumericColumnCanRunAlongTheAxis() throws {
    let measured = try CurveSet(IndexRows.grid(), along: "test_loss").figure(column: "test_loss")
    #expect(measured.x.label == "Test loss")
    #expect(abs(measured.lines[0].points[0].x - 0.14) < 1e-12)
    // A swept setting makes the points of a curve, and the sparsity tells curves apart.
    var rows: [IndexRow] = []
    for rate in [0.1, 0.01, 0.001] {
      for target in [0.5, 0.8] {
        rows += (0..<2).map { IndexRows.row(target: target, seed: $0, accuracy: 0.9 - rate, rate: rate) }
      }
    }
    let set = try CurveSet(rows, along: "learning_rate")
    #expect(set.columns == ["target_sparsity"])
    let figure = try set.figure(column: "learning_rate")
    #expect(figure.lines.map(\.label) == ["sparsity = 0.5", "sparsity = 0.8"])
    #expect(figure.lines[0].points.map(\.x) == [0.001, 0.01, 0.1])
    #expect(figure.x.scale == .logarithmic)
    #expect(throws: ReportingError.notNumeric("criterion")) { try set.figure(column: "criterion") }
    #expect(throws: ReportingError.self) { try CurveSet(rows, along: "rate") }
  }

  @Test func severalSummariesAreToldApart() throws {
    var rows: [IndexRow] = []
    for (name, seeds) in [("a", 3), ("b", 2)] {
      for seed in 0..<seeds {
        for target in [0, 0.5] {
          var row = IndexRows.row(
            retraining: target == 0 ? "none" : "rewind", target: target, seed: seed,
            accuracy: name == "a" ? 0.9 : 0.8)
          row.trial = name + row.trial
          row.settings.append(.init(CurveSet.summaryColumn, .text(name)))
          rows.append(row)
        }
      }
    }
    let set = try CurveSet(rows)
    #expect(set.curves.map(\.label) == ["a", "b"])
    // Each has as many seeds as its own summary, and its own dense network.
    #expect(set.curves.map { $0.cells[0].sample("test_accuracy").countText } == ["3", "2"])
    let table = try set.table()
    let difference = try #require(table.columns.firstIndex { $0.name == "test_accuracy_difference" })
    #expect(table.rows.suffix(2).allSatisfy { $0[difference] == .estimate(mean: 0, halfWidth: 0) })
  }

  @Test func oneSparsityIsNoLadder() throws {
    var rows: [IndexRow] = []
    for seed in 0..<3 {
      for (round, requested) in [0, 0.3, 0.5].enumerated() {
        rows.append(
          IndexRows.row(
            trial: "\(seed)", final: round == 2, schedule: "iterative", target: 0.5, requested: requested,
            seed: seed, round: round, accuracy: 0.9))
      }
    }
    let set = try CurveSet(rows)
    #expect(set.curves.map(\.rows) == [.final])
    #expect(set.curves[0].cells.count == 1)
    #expect(!(try set.figure().caption.contains("ladder")))
  }

  @Test func otherMetricsHaveTheirOwnLabels() throws {
    let set = try CurveSet(IndexRows.grid())
    let steps = try set.figure(of: "early_stop_step")
    #expect(steps.y.label == "Early-stop iteration")
    #expect(steps.y.format == .number)
    #expect(try set.figure(of: "learning_rate").y.label == "Learning rate")
  }
}
