import CoppiceDatasets
import CoppiceLaboratory
import Testing

@Suite struct RobustnessTests {
  private static let kinds = ["shift", "contrast"]

  /// The network that stands for another under a corruption.
  private static func under(_ corruption: Corruption, _ network: Int) -> Int {
    (network + corruption.severity + (corruption.name == "shift" ? 2 : 0)) % 7
  }

  @Test func errorsAreThoseOfTheNetworks() throws {
    let fixture = try OutputsFixture.shared.get()
    let entries = OutputsFixture.pairs.map { entry in
      var entry = entry
      let network = entry.network
      entry.corrupted = { Self.under($0, network) }
      return entry
    }
    let tables = try fixture.tables(
      .robustness(corruptions: Self.kinds, severities: [1, 4], seed: 5), entries)
    func error(_ name: String, _ severity: Int, of network: Int) -> Double {
      let corruption = name == "shift" ? Corruption.shift(severity: severity) : .contrast(severity: severity)
      return 1 - fixture.networks[Self.under(corruption, network)].accuracy
    }
    // Three dense networks stand before three pruned ones.
    #expect(areNear(tables[0].values("accuracy"), fixture.networks[..<6].map(\.accuracy)))
    for row in 0..<6 {
      let dense = row % 3
      let ratios = Self.kinds.map { kind in
        (error(kind, 1, of: row) + error(kind, 4, of: row))
          / (error(kind, 1, of: dense) + error(kind, 4, of: dense))
      }
      #expect(areNear([tables[0].values("corruption_error")[row]], [(ratios[0] + ratios[1]) / 2]))
      func extra(_ kind: String, _ network: Int) -> Double {
        error(kind, 1, of: network) + error(kind, 4, of: network) - 2
          * (1 - fixture.networks[network].accuracy)
      }
      if Self.kinds.allSatisfy({ extra($0, dense) > 0 }) {
        let relative = Self.kinds.map { extra($0, row) / extra($0, dense) }
        #expect(
          areNear([tables[0].values("relative_corruption_error")[row]], [(relative[0] + relative[1]) / 2]))
      }
      #expect(areNear(Array(tables[1].values("corruption_error")[2 * row..<2 * row + 2]), ratios))
      let singles = Self.kinds.flatMap { kind in [1, 4].map { 1 - error(kind, $0, of: row) } }
      #expect(areNear(Array(tables[2].values("accuracy")[4 * row..<4 * row + 4]), singles))
    }
    #expect(Array(tables[1].texts("corruption")[..<4]) == Self.kinds + Self.kinds)
    #expect(Array(tables[2].values("severity")[..<4]) == [1, 4, 1, 4])
  }
}
