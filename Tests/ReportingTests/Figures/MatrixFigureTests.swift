import CoppiceReporting
import Testing

@Suite struct MatrixFigureTests {
  private let figure = MatrixFigure(
    title: "Two & two", rows: ["a", "b"], columns: ["a", "b"], valueTitle: "overlap (%)", format: .percent(2),
    bounds: 0...1, panels: [.init("first", [[1, 0.25], [0.25, nil]])], caption: "What it is.",
    command: "again")

  /// The red, green and blue of every cell.
  private func shades(_ svg: String) -> [[Int]] {
    svg.split(separator: "\n").filter { $0.contains("fill=\"rgb(") }.compactMap { line in
      let numbers = String(line).components(between: "rgb(", and: ")").split(separator: ",")
      return numbers.compactMap { Int($0) }
    }
  }

  @Test func numbersStandInCellsThatAreWideEnough() {
    let svg = figure.svg
    #expect(svg.contains(">100</text>") && svg.contains(">25</text>") && svg.contains(">–</text>"))
    #expect(svg.contains("data-command=\"again\"") && svg.contains("Two &amp; two"))
    #expect(svg.contains("<desc>overlap (%) by row and column. Panels: first. What it is.</desc>"))
    #expect(svg == figure.svg)
    #expect(shades(svg).first == [8, 32, 80])
  }

  /// What is more is darker, in grey as well.
  @Test func shadesFallWithTheNumbers() {
    var figure = figure
    figure.columns = (0..<11).map { "\($0)" }
    figure.rows = ["a"]
    figure.panels = [.init("", [(0..<11).map { Double($0) / 10 }])]
    let greys = shades(figure.svg).prefix(11).map {
      0.3 * Double($0[0]) + 0.59 * Double($0[1]) + 0.11 * Double($0[2])
    }
    #expect(greys.count == 11 && zip(greys, greys.dropFirst()).allSatisfy { $0 > $1 + 5 })
    #expect(greys.first == 255)
  }

  @Test func anImageHasNoNumbersAndFewElements() {
    var figure = figure
    (figure.rows, figure.columns) = ((0..<28).map { "\($0)" }, (0..<28).map { "\($0)" })
    figure.panels = (0..<5).map { panel in
      .init("panel \(panel)", (0..<28).map { row in (0..<28).map { $0 < 14 ? 0 : row < 14 ? 1 : 0.5 } })
    }
    let svg = figure.svg
    // Of each of 28 rows two runs, for five panels, and the scale.
    #expect(shades(svg).count == 5 * 28 * 2 + 16)
    #expect(!svg.contains(">50</text>"))
    // Panels stand side by side, and rows are labelled beside the first of each line.
    #expect(
      svg.components(separatedBy: ">27</text>").count + svg.components(separatedBy: ">26</text>").count > 2)
  }

  @Test func aPanelMayHaveAScaleOfItsOwn() {
    var figure = figure
    (figure.format, figure.bounds) = (.integer, 0...100)
    figure.panels = [.init("small", [[1, 2], [3, 4]]), .init("large", [[100, 50], [25, 0]])]
    figure.panels[0].top = 4
    let svg = figure.svg
    #expect(svg.contains("small (up to 4)") && svg.contains(">large</text>"))
    #expect(shades(svg)[3] == [8, 32, 80] && shades(svg)[4] == [8, 32, 80])
    #expect(svg.contains("most of each"))
  }

  @Test func numbersThatAreNotFiniteHaveAPlace() {
    var figure = figure
    figure.panels = [.init("", [[.infinity, .nan], [-.infinity, 2]])]
    #expect(shades(figure.svg).prefix(4).map(\.count) == [3, 3, 3, 3])
    #expect(shades(figure.svg)[0] == [8, 32, 80] && shades(figure.svg)[2] == [255, 255, 255])
  }
}
