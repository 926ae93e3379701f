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
    let lines = figure.text(width: 60).split(separator: "\n").map { Array($0) }
    #expect(String(lines[0]) == "lenet on mnist: test accuracy")
    #expect(String(lines[1]) == "Test accuracy (%)")
    // Twenty rows, of which four have a tick; then the axis, its labels, and what is drawn.
    #expect(
      lines[2..<22].map { String($0.prefix(6)) }.filter { $0.hasSuffix("┤") } == [
        "98.0 ┤", "97.5 ┤", "97.0 ┤", "96.5 ┤",
      ])
    #expect(lines[2..<22].allSatisfy { $0[5] == "│" || $0[5] == "┤" })
    func letter(_ row: Int, _ column: Int) -> Character { lines[2 + row][6 + column] }
    // Both begin at the accuracy of the dense network.
    #expect(letter(3, 1) == "*" && letter(3, 53) == "╌")
    #expect([letter(1, 18), letter(2, 35), letter(13, 52)] == ["a", "a", "a"])
    // The second falls, and has nothing at the last level, where it was lost.
    #expect([letter(13, 18), letter(18, 35), letter(19, 52)] == ["b", "b", "×"])
    #expect(letter(2, 10) == "·" || letter(1, 10) == "·")
    #expect([1, 18, 35, 52].allSatisfy { lines[22][6 + $0] == "┬" } && lines[22][5] == "└")
    #expect(String(lines[23]).split(separator: " ") == ["100", "80", "64", "51.2"])
    #expect(
      lines.suffix(4).map { String($0) } == [
        "  a  magnitude", "  b  random", "  ╌  dense", "Mean; n = 3 seeds.",
      ])
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

  private static let golden = """
    lenet on mnist: test accuracy
    Test accuracy (%)
         │
         │             ·····a··········
         │     ········                ······a
    98.0 ┤╌*···╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌··╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
         │   ·                                  ·
         │    ··                                 ··
         │      ··                                 ··
         │        ·                                  ·
    97.5 ┤         ··                                 ··
         │           ··                                 ·
         │             ·                                 ··
         │              ··                                 ·
         │                ··                                ··
    97.0 ┤                  b·                                a
         │                    ····
         │                        ···
         │                          ····
         │                              ···
    96.5 ┤                                 ··b
         │                                                    ×
         └─┬────────────────┬────────────────┬────────────────┬─
          100              80               64              51.2
                         Weights remaining (%)
      a  magnitude
      b  random
      ╌  dense
    Mean; n = 3 seeds.

    """
}
