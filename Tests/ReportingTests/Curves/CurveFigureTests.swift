import CoppiceReporting
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
        + "Open markers: n = 2/3. Crossed out: a trial collapsed, diverged or failed. "
        + "At chance, and in the means: 1 network.")
    #expect(ladder.lines[0].points.map(\.isTroubled) == [false, false, true, false])
    #expect(ladder.lines[0].points.map(\.isComplete) == [true, true, true, false])
    #expect(ladder.lines[0].points[2].note?.hasSuffix("n = 3, 1 collapsed, 1 at chance") == true)
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

  @Test func otherMetricsHaveTheirOwnLabels() throws {
    let set = try CurveSet(IndexRows.grid())
    let steps = try set.figure(of: "early_stop_step")
    #expect(steps.y.label == "Early-stop iteration")
    #expect(steps.y.format == .number)
    #expect(try set.figure(of: "learning_rate").y.label == "Learning rate")
  }
}
