import CoppiceReporting
import Testing

@Suite struct RooflineFigureTests {
  private let figure = RooflineFigure(
    title: "A network", peak: 100e9,
    memories: [.init(name: "cache", bandwidth: 50e9), .init(name: "memory", bandwidth: 10e9)],
    groups: [
      .init(
        label: "dense",
        points: [
          .init(flops: 8e6, bytes: 1e6, seconds: 1e-4, note: "a product"),
          .init(flops: 0, bytes: 1e6, seconds: 1e-4, note: "a copy"),
        ]),
      .init(label: "sparse", points: [.init(flops: 1e6, bytes: 2e6, seconds: 2e-4, note: "another")]),
    ], caption: "What it is.", command: "again")

  @Test func pointsStandAtTheirIntensityAndRate() {
    let lines = figure.figure.lines
    #expect(lines.map(\.label) == ["dense", "sparse", "cache: 50 GB/s", "memory: 10 GB/s"])
    // What computes nothing has no place.
    #expect(lines[0].points.count == 1 && lines[0].points[0].x == 8 && lines[0].points[0].y == 80)
    #expect(lines[1].points[0].x == 0.5 && lines[1].points[0].y == 5)
    #expect(!lines[0].isJoined && lines[2].isJoined)
    #expect(figure.figure.x.scale == .logarithmic && figure.figure.y.scale == .logarithmic)
  }

  @Test func roofsRiseToThePeak() {
    let (cache, memory) = (figure.figure.lines[2].points, figure.figure.lines[3].points)
    // Where bandwidth times intensity is the peak.
    #expect(cache[1].x == 2 && cache[1].y == 100 && memory[1].x == 10 && memory[1].y == 100)
    #expect(cache[0].x == 0.25 && cache[0].y == 12.5 && memory[0].y == 2.5)
    #expect(cache[2].x == 20 && cache[2].y == 100 && memory.count == 2)
  }

  @Test func thePageIsDrawnWithoutLinesBetweenPoints() {
    let svg = figure.svg
    #expect(svg.contains("<title>a product</title>") && svg.contains("data-command=\"again\""))
    #expect(svg == figure.svg)
    // Two roofs are the only paths that are no markers.
    #expect(svg.components(of: "stroke-linejoin=\"round\"") == 2)
  }
}
