import CoppiceReporting
import CoppiceTestSupport
import Testing

@Suite struct HistogramFigureTests {
  @Test func valuesAreCountedInBins() {
    let values: [Float] = [-1, -0.6, -0.1, 0, 0.2, 0.99, 1, 3, .nan]
    let shares = HistogramFigure.Panel.shares(values, in: -1...1, bins: 4)
    let counts: [Double] = shares.map { (9 * $0).rounded() }
    #expect(counts == [2, 1, 2, 2])
    let kept = HistogramFigure.Panel.shares(
      values, kept: [1, 0, 0, 0, 1, 0, 1, 0, 0], in: -1...1, bins: 2)
    let keptCounts: [Double] = kept.map { (3 * $0).rounded() }
    #expect(keptCounts == [1, 2])
    #expect(HistogramFigure.Panel.shares([], in: -1...1, bins: 2) == [0, 0])
  }

  @Test func aPanelAThing() {
    let figure = HistogramFigure(
      title: "Weights",
      panels: (0..<4).map { place in
        .init(
          title: "layer \(place)", range: -2...2, shares: [0.1, 0.4, 0.5, 0],
          reference: place == 0 ? [0.25, 0.25, 0.25, 0.25] : [])
      }, caption: "What it is.", command: "again")
    let svg = figure.svg
    let bars = svg.split(separator: "\n").filter { $0.contains("<rect x=") }
    #expect(bars.count == 12)
    // The highest bin fills its panel.
    let heights: [String] = bars.prefix(3).map { $0.components(between: " height=\"", and: "\"") }
    #expect(heights == ["16.8", "67.2", "84"])
    #expect(svg.contains("<title>\u{2212}1 to 0: 40.00 %</title>"))
    #expect(svg.components(between: "<path d=\"", and: "\"").hasPrefix("M0 100L0 58L37.5 58L37.5 58"))
    #expect(svg.contains("data-command=\"again\"") && svg == figure.svg)
    // Three panels a row.
    #expect(svg.contains("translate(12 ") && svg.contains("translate(180 ") && svg.contains("translate(348 "))
  }
}
