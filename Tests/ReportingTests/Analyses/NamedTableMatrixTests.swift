import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct NamedTableMatrixTests {
  private func table(_ densities: [Double]) -> NamedTable {
    var (shown, one, other, values): ([Double], [String], [String], [Double]) = ([], [], [], [])
    for density in densities {
      for a in ["magnitude, one-shot", "random, one-shot"] {
        for b in ["magnitude, one-shot", "random, one-shot"] {
          for value in [0.2, 0.4] {
            shown.append(density)
            one.append(a)
            other.append(b)
            values.append(a == b ? 1 : value * density)
          }
        }
      }
    }
    return NamedTable(
      "overlap", title: "overlap of methods", description: "Means of pairs",
      columns: [
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: shown),
        .init("a", texts: one), .init("b", texts: other),
        .init(Quantity("jaccard", "overlap", unit: .fraction), numbers: values),
      ], drawing: .init(matrixOf: "jaccard", rows: "a", columns: "b", by: ["density"]))
  }

  @Test func aCellIsTheMeanOfItsRows() throws {
    let figure = try #require(table([0.5, 0.1]).matrix(command: "again"))
    #expect(figure.rows == ["magnitude", "random"] && figure.columns == figure.rows)
    #expect(figure.panels.map(\.title) == ["weights remaining = 50 %", "weights remaining = 10 %"])
    #expect(figure.panels[0].values[0][0] == 1)
    #expect(abs(try #require(figure.panels[0].values[0][1]) - 0.15) < 1e-12)
    #expect(figure.bounds == 0...1 && figure.title == "Overlap of methods" && figure.command == "again")
    #expect(figure.caption == "Means of pairs. All: one-shot.")
  }

  @Test func ofManyPanelsSomeAreShown() throws {
    let figure = try #require(table((1...30).map { Double($0) / 100 }).matrix())
    #expect(figure.panels.count == NamedTable.panelLimit)
    #expect(figure.panels.first?.title == "weights remaining = 1 %")
    #expect(figure.panels.last?.title == "weights remaining = 30 %")
    #expect(figure.caption.hasSuffix("12 of 30 panels are shown."))
  }

  /// Numbers rise, densities fall, and what is nearly empty is no panel.
  @Test func numbersAreInTheirOrder() throws {
    let table = NamedTable(
      "t", title: "t",
      columns: [
        .init("layer", texts: ["x", "x", "x", "x", "y"]), .init("k", integers: [2, 0, 2, 0, 0]),
        .init(Quantity("density", unit: .fraction), numbers: [0.1, 0.1, 0.5, 0.5, 0.5]),
        .init(Quantity("count"), numbers: [1, 2, 30, .nan, 5]),
      ], drawing: .init(matrixOf: "count", rows: "density", columns: "k", by: ["layer"]))
    let figure = try #require(table.matrix())
    #expect(figure.rows == ["50", "10"] && figure.columns == ["0", "2"])
    #expect(figure.panels.count == 1 && figure.panels[0].values == [[nil, 30], [2, 1]])
    #expect(figure.bounds == 0...30)
    #expect(table.figure() == nil && table.panels() == nil)
  }

  @Test func panelsHaveTheSameLines() throws {
    let table = NamedTable(
      "t", title: "course", description: "What it is.",
      columns: [
        .init("layer", texts: ["fc1", "fc1", "fc2"]), .init("method", texts: ["a", "b", "b"]),
        .init(Quantity("x"), numbers: [0, 0, 1]), .init(Quantity("y"), numbers: [1, 2, 3]),
        .init(Quantity("reference"), numbers: [0.5, 0.5, 0.5]),
      ], drawing: .init("y", against: "x", inPanelsOf: "layer", by: ["method"], reference: "reference"))
    let figure = try #require(table.panels())
    #expect(figure.panels.map(\.title) == ["fc1", "fc2"])
    #expect(
      figure.panels.map { $0.lines.map(\.label) } == [["a", "b", "reference"], ["a", "b", "reference"]])
    #expect(figure.panels[1].lines[0].points.isEmpty && figure.panels[1].lines[1].points.map(\.y) == [3])
    #expect(table.figure() == nil && table.matrix() == nil)
  }
}
