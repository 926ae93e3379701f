import CoppiceReporting
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct VegaFigureTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Every layer by its mark.
  private func layers(_ view: [String: Any]) throws -> [(mark: String, layer: [String: Any])] {
    try #require(view["layer"] as? [[String: Any]]).map { layer in
      (try #require((layer["mark"] as? [String: Any])?["type"] as? String), layer)
    }
  }

  @Test func dataAreInlineAndTheSame() throws {
    let figure = LineFigureTests.figure()
    let view = try object(figure.vegaLite)
    #expect(view["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v5.json")
    let values = try #require((view["data"] as? [String: Any])?["values"] as? [[String: Any]])
    #expect(values.map { $0["y"] as? Double } == figure.lines[0].points.map(\.y))
    #expect(values.map { $0["low"] as? Double } == figure.lines[0].points.map(\.low))
    #expect(try layers(view).map(\.mark) == ["rule", "area", "line", "point"])
    #expect((view["usermeta"] as? [String: Any])?["command"] as? String == figure.command)
    #expect(figure.vegaLite == figure.vegaLite)
  }

  /// The horizontal axis runs from 100 % down on a logarithmic scale, with its ticks at the values and one title in all layers.
  @Test func axesAreThoseOfTheFigure() throws {
    let figure = LineFigureTests.figure()
    let all = try layers(try object(figure.vegaLite)).compactMap { _, layer in
      (layer["encoding"] as? [String: Any])?["x"] as? [String: Any]
    }
    #expect(all.count == 3)
    for x in all {
      let scale = try #require(x["scale"] as? [String: Any])
      #expect(scale["type"] as? String == "log" && scale["reverse"] as? Bool == true)
      #expect(x["title"] as? String == "Weights remaining (%)")
      #expect((x["axis"] as? [String: Any])?["values"] as? [Double] == LineFigureTests.densities.sorted())
    }
  }

  /// A gap is not bridged, an open marker is white, a lost trial is crossed out.
  @Test func gapsAndLossesStay() throws {
    let figure = LineFigureTests.figure { figure in
      figure.lines[0].points[1].y = nil
      figure.lines[0].points[1].isTroubled = true
      figure.lines[0].points[2].isComplete = false
      figure.lines.append(.init(label: "other", points: [.init(x: 0.8, y: 0.9, xLow: 0.7, xHigh: 0.9)]))
    }
    let view = try object(figure.vegaLite)
    let values = try #require((view["data"] as? [String: Any])?["values"] as? [[String: Any]])
    #expect(values.prefix(4).map { $0["stretch"] as? Int } == [0, 1, 1, 1])
    #expect(values[2]["complete"] as? Bool == false)
    #expect(
      try layers(view).map(\.mark) == ["rule", "area", "rule", "rule", "line", "point", "point", "point"])
    let color = try #require(
      (try layers(view).first { $0.mark == "line" }?.layer["encoding"] as? [String: Any])?["color"]
        as? [String: Any])
    #expect((color["scale"] as? [String: Any])?["domain"] as? [String] == ["magnitude", "other"])
    #expect((color["scale"] as? [String: Any])?["range"] as? [String] == ["#0072B2", "#D55E00"])
  }

  @Test func panelsStandBelowEachOther() throws {
    let figure = StackedFigure([LineFigureTests.figure(), LineFigureTests.figure()])
    #expect((try object(figure.vegaLite)["vconcat"] as? [[String: Any]])?.count == 2)
  }

  static let python = Python.interpreter(with: ["altair", "jsonschema"])

  /// Held against the published schema of Vega-Lite 5, which the package altair has.
  @Test(.enabled(if: python != nil, "Python with altair 5 and jsonschema"))
  func theSchemaHolds() throws {
    let folder = try TemporaryFolder()
    let figures: [any VegaFigure] = [
      LineFigureTests.figure(),
      LineFigureTests.figure { figure in
        figure.lines[0].points[1].y = nil
        figure.lines[0].points[1].isTroubled = true
        figure.lines.append(.init(label: "other", points: [.init(x: 0.8, y: 0.9, xLow: 0.7, xHigh: 0.9)]))
        figure.baselines.append(.init(label: "own", y: 0.9, low: 0.8, high: 0.95))
        figure.baselines.append(.init(label: "of a curve", y: 0.9, line: 0))
      }, StackedFigure([LineFigureTests.figure()]),
    ]
    var files: [String] = []
    for (place, figure) in figures.enumerated() {
      files.append(folder.file("\(place).json"))
      try Data(figure.vegaLite.utf8).write(to: URL(fileURLWithPath: files[place]))
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Reference/vega_lite.py").standardizedFileURL.path
    let python = try #require(Self.python)
    let outcome = try #require(Python.run(python, [script] + files))
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
