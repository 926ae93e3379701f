import CoppiceReporting
import CoppiceTestSupport
import Testing

@Suite struct SignificanceFigureTests {
  private let figure = SignificanceFigure(
    title: "Test accuracy", labels: ["magnitude", "random", "snip"],
    comparisons: [
      .init("magnitude", "random", difference: 0.05, p: 0.0312, n: 6),
      .init("snip", "magnitude", difference: -0.01, p: 0.4, n: 6),
      .init("random", "snip", difference: -0.02, p: nil, n: 2),
    ], format: .percent(2), caption: "Holm.", command: "again")

  @Test func everyCellSaysWhatItCompares() {
    let svg = figure.svg
    #expect(svg.contains("<title>magnitude less random: +5.00, p = 0.031, n = 6</title>"))
    // Turned round, with the other sign.
    #expect(svg.contains("<title>random less magnitude: -5.00, p = 0.031, n = 6</title>"))
    #expect(svg.contains("<title>magnitude less snip: +1.00, p = 0.400, n = 6</title>"))
    #expect(svg.contains("<title>snip less random: +2.00, no test, n = 2</title>"))
    #expect(svg.components(separatedBy: "<title>").count - 1 == 7)
    #expect(svg.contains("Row less column, and p. Thick frames: p ≤ 0.05. Holm."))
    #expect(svg == figure.svg && svg.contains("data-command=\"again\""))
  }

  @Test func whatIsSignificantHasAThickFrame() {
    let frames = figure.svg.split(separator: "\n").filter { $0.contains("stroke-width=\"2\"") }
    #expect(frames.count == 2)
    var strict = figure
    strict.level = 0.01
    #expect(!strict.svg.contains("stroke-width=\"2\""))
  }

  @Test func colourSaysSignAndSize() {
    let svg = figure.svg
    // 65 % of the way from white, and a fifth of that.
    #expect(svg.contains("rgb(89, 163, 205)") && svg.contains("rgb(228, 150, 89)"))
    #expect(svg.contains("rgb(222, 237, 245)"))
  }

  @Test func aDifferenceThatIsNoNumberIsADash() {
    var figure = figure
    figure.comparisons = [.init("magnitude", "random", difference: .nan, p: nil, n: 0)]
    #expect(!figure.svg.lowercased().contains("nan"))
  }
}
