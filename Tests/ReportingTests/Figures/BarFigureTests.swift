import CoppiceReporting
import CoppiceTestSupport
import Testing

@Suite struct BarFigureTests {
  private let figure = BarFigure(
    title: "Errors & more", labels: ["0", "1", "2"], xLabel: "Class",
    y: Axis(label: "Test error (%)", format: .percent, limits: 0...0.5),
    series: [
      .init(label: "dense", values: [0.1, 0.2, nil], bounds: [(0.05, 0.15), nil, nil]),
      .init(label: "pruned", values: [0.5, .nan, 0.4]),
    ], caption: "What it is.", command: "again")

  private func rectangles(_ svg: String) -> [(x: Double, height: Double, fill: String)] {
    svg.split(separator: "\n").filter { $0.contains("stroke-width=\"0.8\"") && $0.contains("<rect") }.map {
      line in
      func value(_ name: String) -> String { line.components(between: " \(name)=\"", and: "\"") }
      return (Double(value("x")) ?? .nan, Double(value("height")) ?? .nan, value("fill"))
    }
  }

  @Test func barsAreAsLongAsTheirNumbers() {
    let bars = rectangles(figure.svg)
    // Four bars have a number; the legend has two of its own.
    #expect(bars.count == 6)
    #expect(bars.prefix(4).map(\.height) == [48, 240, 96, 192])
    #expect(bars.prefix(4).map(\.fill) == ["#0072B2", "#D55E00", "#0072B2", "#D55E00"])
    let places: [Double] = bars.prefix(4).map(\.x)
    #expect(places == places.sorted())
  }

  @Test func seriesDifferInFillingToo() {
    // Solid and pale.
    #expect(figure.svg.contains("fill=\"#D55E00\" fill-opacity=\"0.35\""))
    var many = figure
    many.series = (0..<9).map { .init(label: "series \($0)", values: [0.1, 0.2, 0.3]) }
    let styles = Set(
      rectangles(many.svg).map(\.fill))
    #expect(styles.count == 8)
    #expect(many.svg.contains("stroke=\"#FFFFFF\""))
  }

  @Test func everyBarSaysItsNumber() {
    let svg = figure.svg
    #expect(svg.contains("<title>0, dense: 10.0 %</title>") || svg.contains("<title>0, dense: 10 %</title>"))
    #expect(!svg.lowercased().contains("nan"))
    #expect(svg.contains("Errors &amp; more") && svg.contains("data-command=\"again\""))
    #expect(
      svg.contains("<desc>Test error (%) of 0, 1, 2. Bars: dense; pruned. What it is.</desc>"))
    #expect(svg == figure.svg)
  }

  @Test func barsBeginAtZero() {
    var figure = figure
    figure.y.limits = nil
    figure.series = [.init(label: "change", values: [0.9, 1, -0.5])]
    let bars = rectangles(figure.svg)
    #expect(bars.count == 3)
    // From −0.575 to 1.075 over 240 points.
    let expected: [Double] = [130.91, 145.45, 72.73]
    for (bar, height) in zip(bars, expected) { #expect(abs(bar.height - height) < 0.02) }
  }

  @Test func longNamesRise() {
    var figure = figure
    figure.labels = ["encoder.layer.0.attention.weight", "b", "c"]
    #expect(figure.svg.contains("rotate(-45)"))
    #expect(!self.figure.svg.contains("rotate(-45)"))
  }
}
