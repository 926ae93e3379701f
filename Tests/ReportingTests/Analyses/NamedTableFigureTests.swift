import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct NamedTableFigureTests {
  /// Pairs of three seeds at two densities, for two criteria; chance is the density's own.
  static func overlap(
    of curves: [(criterion: String, gain: Double)] = [("magnitude", 0.2), ("random", 0)],
    chance: (String, Double) -> Double = { _, density in density / (2 - density) }
  ) -> NamedTable {
    var (pairs, criteria, densities): ([String], [String], [Double]) = ([], [], [])
    var (overlaps, chances): ([Double], [Double]) = ([], [])
    for (criterion, gain) in curves {
      for density in [0.2, 0.5] {
        for (pair, shift) in [("0-1", -0.02), ("0-2", 0), ("1-2", 0.05)] {
          pairs.append(pair)
          criteria.append(criterion)
          densities.append(density + (pair == "0-1" ? 1e-9 : 0))
          chances.append(chance(criterion, density))
          overlaps.append(density / (2 - density) + gain + shift)
        }
      }
    }
    return NamedTable(
      "mask_overlap", title: "mask overlap of pairs of seeds",
      description: "Survivors that two masks share, of those that either has",
      columns: [
        .init("pair", texts: pairs), .init("criterion", texts: criteria),
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: densities),
        .init(Quantity("jaccard", "overlap", unit: .fraction), numbers: overlaps),
        .init(Quantity("chance", unit: .fraction), numbers: chances),
      ],
      drawing: .init("jaccard", against: "density", by: ["criterion"], reference: "chance"))
  }

  @Test func overlapIsDrawnAgainstDensityWithTheLineOfChance() throws {
    let figure = try #require(Self.overlap().figure(command: "coppice plot s.h5 --analysis mask_overlap"))
    #expect(figure.title == "Mask overlap of pairs of seeds")
    #expect(figure.x.label == "Weights remaining (%)" && figure.x.isReversed)
    #expect(figure.y.label == "Overlap (%)")
    #expect(figure.lines.map(\.label) == ["magnitude", "random", "chance"])
    #expect(figure.lines.map(\.isReference) == [false, false, true])
    let points = figure.lines[0].points
    #expect(points.count == 2, "densities that differ by rounding are one")
    #expect(abs(points[0].x - 0.5) < 1e-8 && points[1].x < points[0].x)
    #expect(abs(try #require(points[0].y) - (0.5 / 1.5 + 0.21)) < 1e-12)
    #expect(abs(try #require(points[0].low) - (0.5 / 1.5 + 0.18)) < 1e-12)
    #expect(abs(try #require(points[0].high) - (0.5 / 1.5 + 0.25)) < 1e-12)
    #expect(figure.lines[2].points.map(\.low) == [nil, nil])
    #expect(abs(try #require(figure.lines[2].points[1].y) - 0.2 / 1.8) < 1e-12)
    #expect(
      figure.caption
        == "Survivors that two masks share, of those that either has. Mean; band: minimum to maximum; n = 3.")
    #expect(figure.svg.contains("data-command=\"coppice plot s.h5 --analysis mask_overlap\""))
  }

  @Test func curvesOfDifferentChanceHaveTheirOwnLines() throws {
    let table = Self.overlap { criterion, density in criterion == "random" ? density : density / 2 }
    let figure = try #require(table.figure())
    #expect(figure.lines.map(\.label) == ["magnitude", "random", "chance, magnitude", "chance, random"])
  }

  @Test func curvesOfAlmostTheSameChanceShareALine() throws {
    let table = Self.overlap(of: [("magnitude", 0.2), ("random", 0), ("snip", 0.1)]) { criterion, density in
      ["magnitude": 0.5, "snip": 0.55, "random": 1][criterion].map { $0 * density } ?? 0
    }
    let figure = try #require(table.figure())
    #expect(figure.lines.map(\.label).suffix(2) == ["chance, magnitude and 1 more", "chance, random"])
    #expect(figure.lines.count == 5)
    // Their mean.
    #expect(abs(try #require(figure.lines[3].points[0].y) - 0.525 * 0.5) < 1e-12)
  }

  @Test func anyColumnMayRunAlongTheAxis() throws {
    let table = NamedTable(
      "connectivity", title: "loss between two networks",
      columns: [
        .init(Quantity("weight", "way from one to the other"), numbers: [1, 0, 0.5]),
        .init(Quantity("loss", "training loss"), numbers: [0.1, 0.2, 2]),
      ], drawing: .init("loss", against: "weight"))
    let figure = try #require(table.figure(title: "Title"))
    #expect(figure.title == "Title")
    #expect(figure.x.label == "Way from one to the other")
    #expect(figure.lines.map(\.label) == ["training loss"])
    #expect(figure.lines[0].points.map(\.y) == [0.2, 2, 0.1])
    #expect(figure.caption.isEmpty)
  }

  @Test func whatCannotBeDrawnIsNot() {
    var table = Self.overlap()
    table.drawing = nil
    #expect(table.figure() == nil)
    table.drawing = .init("jaccard", against: "absent")
    #expect(table.figure() == nil)
    table.drawing = .init("pair", against: "density")
    #expect(table.figure() == nil)
    let empty = NamedTable(
      "e", title: "e", columns: [.init(Quantity("x"), numbers: []), .init(Quantity("y"), numbers: [])],
      drawing: .init("y", against: "x"))
    #expect(empty.figure() == nil)
  }

  @Test func theTableIsPrinted() {
    let table = NamedTable(
      "t", title: "what it is", description: "How it was found.",
      columns: [
        .init("layer", texts: ["fc1", "fc2"]), .init("round", integers: [3, 12]),
        .init(Quantity("jaccard", "overlap", unit: .fraction), numbers: [0.5, .nan]),
        .init(Quantity("size", unit: .other("MB"), format: .decimal(1)), numbers: [1.25, 2]),
      ])
    #expect(table.heading == "what it is\nHow it was found.")
    #expect(
      table.table.text() == """
        layer  round  overlap (%)  size (MB)
        ─────  ─────  ───────────  ─────────
        fc1        3        50.00        1.3
        fc2       12            –        2.0

        """)
    #expect(table.table.commaSeparated == "layer,round,jaccard,size\nfc1,3,0.5,1.25\nfc2,12,,2\n")
  }
}
