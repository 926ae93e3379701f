import CoppiceReporting
import Testing

@Suite struct StackedFigureTests {
  @Test func panelsStandBelowEachOtherInOneLine() throws {
    // The labels of the second panel's axis are wider.
    let upper = LineFigureTests.figure()
    let lower = LineFigureTests.figure { figure in
      figure.title = ""
      figure.y = Axis(label: "FLOPs")
      for index in figure.lines[0].points.indices {
        figure.lines[0].points[index].y = 1e9 + Double(index) * 1e6
        (figure.lines[0].points[index].low, figure.lines[0].points[index].high) = (nil, nil)
      }
      (figure.baselines, figure.command) = ([], "the command")
    }
    let svg = StackedFigure([upper, lower]).svg
    #expect(svg.components(of: "<svg xmlns") == 1)
    #expect(svg.contains("<title>Accuracy &lt;of&gt; a &amp; b</title>"))
    #expect(svg.contains("data-command=\"the command\""))
    #expect(svg.contains("translate(0 0)") && svg.contains("translate(0 260)"))
    let plots = svg.split(separator: "\n").filter { $0.contains("<svg x=") }
    let lefts = plots.map { $0.components(between: "x=\"", and: "\"") }
    #expect(lefts.count == 2 && lefts[0] == lefts[1])
    let left = try #require(Double(lefts[0]))
    #expect(left > 68, "both leave room for the wider labels")
    // The page is as high as its panels, the second without a line of title.
    #expect(svg.components(between: "viewBox=\"0 0 240 ", and: "\"") == "498")
  }

  @Test func aReferenceIsGreyAndHasNoMarkers() {
    let plain = LineFigureTests.figure().svg
    let svg = LineFigureTests.figure { figure in
      figure.lines.append(
        .init(
          label: "chance", points: figure.lines[0].points.map { .init(x: $0.x, y: 0.975) }, isReference: true)
      )
    }.svg
    #expect(svg.components(of: "<circle") == plain.components(of: "<circle"))
    #expect(svg.contains("stroke=\"#6E6E6E\" stroke-width=\"1.8\" stroke-dasharray=\"2 3\""))
    #expect(LineFigureTests.texts(svg).contains("chance"))
  }

  @Test func aFigureWithoutLegendNamesNothing() {
    let svg = LineFigureTests.figure { $0.hasLegend = false }.svg
    #expect(!LineFigureTests.texts(svg).contains("magnitude"))
  }
}
