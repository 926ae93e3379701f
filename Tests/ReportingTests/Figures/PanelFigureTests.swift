import CoppiceReporting
import Testing

@Suite struct PanelFigureTests {
  private func figure(_ count: Int) -> PanelFigure {
    PanelFigure(
      title: "Layers & more",
      (0..<count).map { panel in
        LineFigure(
          title: "layer \(panel)", x: Axis(label: "x"), y: Axis(label: "y"),
          lines: [
            .init(label: "one", points: [.init(x: 0, y: Double(panel)), .init(x: 1, y: 2)]),
            .init(label: "two", points: []),
          ], caption: "What it is.", command: "again", plotHeight: 100)
      })
  }

  @Test func everyPanelHasItsTitleAndLinesAreNamedOnce() {
    let svg = figure(3).svg
    for panel in 0..<3 { #expect(svg.contains(">layer \(panel)</text>")) }
    #expect(svg.components(separatedBy: ">one</text>").count == 2)
    #expect(svg.components(separatedBy: ">two</text>").count == 2)
    #expect(svg.components(separatedBy: ">What it is.</text>").count == 2)
    #expect(svg.contains("data-command=\"again\"") && svg.contains("Layers &amp; more"))
    #expect(svg == figure(3).svg)
  }

  @Test func twoStandSideBySide() {
    func height(_ count: Int) -> Double {
      Double(figure(count).svg.components(between: "height=\"", and: "pt\"")) ?? 0
    }
    #expect(height(1) == height(2) && height(3) == height(4) && height(3) > height(2) + 100)
    #expect(figure(0).svg.isEmpty)
  }
}
