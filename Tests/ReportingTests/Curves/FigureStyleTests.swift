import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct FigureStyleTests {
  @Test func lotteryTicketsRunFromAllWeightsDown() throws {
    let set = try CurveSet(IndexRows.grid())
    let figure = try set.figure(in: .lth, command: "c")
    #expect(
      figure.x.label == "Weights remaining (%)" && figure.x.isReversed && figure.x.scale == .logarithmic)
    #expect(figure.hasErrorBars)
    #expect(figure.caption == "Mean; bars: minimum to maximum; n = 3 seeds.")
    #expect(figure.lines == (try set.figure(band: .minmax)).lines)
    #expect(figure.baselines.map(\.label) == ["dense"])
    // Bars, no bands.
    #expect(!figure.svg.contains("fill-opacity=\"0.16\""))
    #expect(try set.figure(band: .minmax).svg.contains("fill-opacity=\"0.16\""))
  }

  /// Changes are paired by seed: the shift that seeds have in common is gone, and so is the spread.
  @Test func shrinkBenchDrawsChangesAgainstCompression() throws {
    let figure = try CurveSet(IndexRows.grid()).figure(in: .shrinkbench)
    #expect(figure.x.label == "Compression" && figure.x.scale == .logarithmic && !figure.x.isReversed)
    #expect(figure.y.label == "Change in test accuracy (points)")
    #expect(figure.baselines.map(\.y) == [0] && figure.baselines.map(\.label) == ["dense"])
    let points = figure.lines[0].points
    let expected: [(x: Double, y: Double)] = [(2, -0.05), (5, -0.08)]
    #expect(points.count == expected.count)
    for (point, place) in zip(points, expected) {
      let (y, low, high) = (point.y ?? .nan, point.low ?? .nan, point.high ?? .nan)
      #expect(abs(point.x - place.x) < 1e-9)
      #expect(abs(y - place.y) < 1e-12)
      #expect(abs(high - low) < 1e-12)
    }
    #expect(points[0].note == "2×: -5.00, n = 3")
    #expect(
      figure.caption
        == "Mean; bars: ± 1 sample standard deviation; n = 3 seeds. Changes from the dense network of the same seed."
    )
    #expect(try CurveSet(IndexRows.grid()).figure(in: .shrinkbench, band: .ci95).caption.contains("95 % CI"))
  }

  @Test func anotherMeasureHasItsUnit() throws {
    let figure = try CurveSet(IndexRows.grid()).figure(of: "test_loss", in: .shrinkbench)
    #expect(figure.y.label == "Change in test loss")
    #expect(abs((figure.lines[0].points[0].y ?? .nan) - 0.05) < 1e-12)
  }
}
