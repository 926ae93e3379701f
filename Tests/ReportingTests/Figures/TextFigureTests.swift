import CoppiceReporting
import Testing

@Suite struct TextFigureTests {
  /// A letter a curve, dots along it, the dense network as a dashed line.
  @Test func aFigureOfLetters() {
    let figure = LineFigureTests.figure { figure in
      figure.title = "lenet on mnist: test accuracy"
      figure.lines.append(
        .init(
          label: "random",
          points: zip(LineFigureTests.densities, [0.98, 0.97, 0.965, nil]).map { x, y in
            .init(x: x, y: y, isTroubled: y == nil)
          }))
    }
    #expect(figure.text(width: 60) == Self.golden)
  }

  @Test func noLineIsWiderThanTheTerminal() {
    for width in [40, 80, 132] {
      let lines = LineFigureTests.figure().text(width: width).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(width): \(lines.map(\.count))")
    }
  }

  @Test func nothingToDrawIsDrawn() {
    let figure = LineFigureTests.figure { $0.lines = [] }
    #expect(figure.text(width: 60).contains("╌"))
  }

  private static let golden = ""
}
