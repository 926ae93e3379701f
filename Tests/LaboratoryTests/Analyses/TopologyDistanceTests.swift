import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct TopologyDistanceTests {
  private static let shapes: [(String, Shape)] = [
    ("fc1.weight", [5, 9]), ("fc2.weight", [4, 5]), ("fc3.weight", [3, 4]),
  ]

  private func masks(_ bits: [[Int]]) -> MaskSet {
    MaskSet(zip(Self.shapes, bits).map { ($0.0, Mask($0.1, $1.map(UInt8.init))) })
  }

  @Test func distancesAreThoseOfSciPy() throws {
    let chain = try UnitChainTests.chain(.mlp([5, 4]), [9])
    for found in try AnalysesFixture.read().topologies {
      let distances = try #require(
        TopologyDistance.distances(masks(found.one), masks(found.other), along: chain))
      #expect(areClose(Array(distances.prefix(found.layers)), Array(found.distances.prefix(found.layers))))
    }
  }

  /// Hidden units in another order are the same topology; other inputs are not.
  @Test func theOrderOfHiddenUnitsDoesNotMatter() throws {
    let chain = try UnitChainTests.chain(.mlp([5, 4]), [9])
    let one = masks(try #require(try AnalysesFixture.read().topologies.first).one)
    let orders = [[3, 1, 4, 0, 2], [2, 3, 1, 0], [0, 1, 2]]
    var other = MaskSet()
    for (place, layer) in chain.layers.enumerated() {
      let mask = try #require(one[layer.name])
      other[layer.name] = Mask(
        layer.shape,
        UnitChain.reordered(
          mask.bytes, layer, rows: orders[place], units: place == 0 ? nil : orders[place - 1]))
    }
    #expect(other != one)
    #expect(TopologyDistance.distances(one, other, along: chain) == [0, 0, 0])
  }

  @Test func editsAreSharesOfWhatEitherHas() {
    // 70 places, so that a row takes two words.
    var (one, other) = ([UInt8](repeating: 0, count: 140), [UInt8](repeating: 0, count: 140))
    for place in [0, 3, 69] { one[place] = 1 }
    for place in [3, 68, 69, 70 + 5] { other[place] = 1 }
    // {0, 3, 69} and {3, 68, 69}: two of four. Rows without any connection are equal.
    #expect(TopologyDistance.edits(one, other, rows: 2) == [0.5, 1, 1, 1])
    #expect(TopologyDistance.edits(one, one, rows: 2) == [0, 1, 1, 0])
  }
}

extension Running {
  @Suite struct TopologyDistanceSweepTests {
    @Test func pairsOfOneMethodOrOneSeedAreCompared() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "How far apart?", base: Trial.tiny, analyses: [.topologyDistance]
        ) {
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let table = try #require(try SummaryFile.read(report.summary).analyses.first)
      // Two methods over seeds and two seeds over methods; two layers and all.
      #expect(table.rowCount == 4 * 3)
      #expect(
        Set(table.texts("compared")) == [
          "magnitude, one-shot, rewind, other seeds", "random, one-shot, rewind, other seeds",
          "magnitude, one-shot, rewind with random, one-shot, rewind, same seed",
        ])
      for row in stride(from: 0, to: 12, by: 3) {
        let (layers, all) = (table.numbers("distance")[row..<row + 2], table.numbers("distance")[row + 2])
        #expect(layers.allSatisfy { (0...1).contains($0) })
        #expect(abs(layers.reduce(0, +) / 2 - all) < 1e-12)
        #expect((0.2...1).contains(table.numbers("chance")[row + 2]))
      }
    }
  }
}
