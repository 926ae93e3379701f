import CoppiceReporting
import Testing

@Suite struct ComparisonFigureTests {
  private let figure = ComparisonFigure(
    title: "Two & two", labels: ["first", "second"], sharedTitle: "shared (%)",
    shared: [[1, 0.25], [0.25, nil]],
    bars: [
      .init("rise", [0.5, -0.1], format: .decimal(2)), .init("time (s)", [nil, 2], format: .decimal(1)),
    ],
    caption: "What it is.", command: "again")

  @Test func everyPairHasACellThatSaysItsNumber() {
    let svg = figure.svg
    #expect(svg.contains("<title>first and second: 25</title>"))
    #expect(svg.contains("<title>second and second: –</title>"))
    // Between white and the colour of all, by the fraction.
    #expect(svg.contains("fill=\"rgb(191, 220, 236)\""))
    #expect(svg.contains("fill=\"rgb(0, 114, 178)\"") && svg.contains("fill=\"rgb(255, 255, 255)\""))
  }

  @Test func barsAreAsLongAsTheirNumbers() {
    let widths = figure.svg.split(separator: "\n").filter { $0.contains("fill=\"#D55E00\"") }
      .map { $0.components(between: " width=\"", and: "\"") }
    // A number below 0 and one that is missing have none.
    #expect(widths == ["90", "0", "0", "90"])
    #expect(figure.svg.contains(">-0.10</text>") && figure.svg.contains(">2.0</text>"))
  }

  /// A loss that overflowed is longer than any, and one that is no number has no bar.
  @Test func numbersThatAreNotFiniteHaveTheirBars() {
    var figure = figure
    figure.labels = ["a", "b", "c", "d"]
    figure.shared = [[Double?]](repeating: [nil, nil, nil, nil], count: 4)
    figure.bars = [.init("rise", [.nan, .infinity, -.infinity, 1], format: .decimal(2))]
    func widths(_ figure: ComparisonFigure) -> [String] {
      figure.svg.split(separator: "\n").filter { $0.contains("fill=\"#D55E00\"") }
        .map { $0.components(between: " width=\"", and: "\"") }
    }
    #expect(widths(figure) == ["0", "90", "0", "90"])
    figure.bars[0].values = [.nan, .infinity, nil, 0]
    #expect(widths(figure) == ["0", "90", "0", "0"])
    #expect(!figure.svg.lowercased().contains(">nan</text>"))
  }

  @Test func thePageSaysWhatItIs() {
    let svg = figure.svg
    #expect(svg.contains("data-command=\"again\"") && svg.contains("Two &amp; two"))
    #expect(
      svg.contains("<desc>Compared: first, second. Shown: shared (%); rise; time (s). What it is.</desc>"))
    #expect(svg == figure.svg)
  }
}
