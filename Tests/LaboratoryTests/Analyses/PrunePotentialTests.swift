import CoppiceDatasets
import CoppiceLaboratory
import Testing

@Suite struct PrunePotentialTests {
  private static let ratios = [0.5, 0.7, 0.9]

  /// By brute force from the accuracies of the reference.
  @Test func isTheLargestRatioThatBearsIt() throws {
    let fixture = try OutputsFixture.shared.get()
    func under(_ network: Int) -> Int { (network + 3) % 7 }
    func entry(_ seed: Int, _ sparsity: Double, _ network: Int) -> OutputsFixture.Entry {
      .init(seed: seed, sparsity: sparsity, network: network, corrupted: { _ in under(network) })
    }
    // The networks of two seeds: dense, then at each ratio.
    let networks = [[6, 4, 5, 3], [4, 6, 2, 5]]
    let entries = networks.enumerated().flatMap { seed, networks in
      zip([0] + Self.ratios, networks).map { entry(seed, $0, $1) }
    }
    let delta = 0.05
    let tables = try fixture.tables(
      .prunePotential(delta: delta, corruptions: ["contrast"], severity: 2), entries)
    let measures: [(name: String, loss: (Int) -> Double)] = [
      ("accuracy", { 1 - fixture.networks[$0].accuracy }),
      ("worst class", { 1 - (fixture.networks[$0].classes.min() ?? 0) }),
      ("calibration", { fixture.networks[$0].equalWidth[0] }),
      ("contrast", { 1 - fixture.networks[under($0)].accuracy }),
    ]
    var expected: [Double] = []
    for networks in networks {
      for measure in measures {
        for factor in [0, 0.5, 1, 2, 4] {
          let borne = zip(Self.ratios, networks.dropFirst()).filter {
            measure.loss($1) - measure.loss(networks[0]) <= factor * delta + 1e-7
          }
          expected.append(borne.map(\.0).max() ?? 0)
        }
      }
    }
    let table = tables[0]
    #expect(table.values("potential") == expected)
    // The brute force would not tell what is always the same.
    #expect(Set(expected).count > 2)
    #expect(Set(table.values("largest_tried")) == [0.9] && Set(table.values("ratios")) == [3])
    // Means over two seeds: t of 97.5 % at one degree of freedom is 12.7062.
    let means = tables[1]
    #expect(means.texts("measure") == measures.map(\.name))
    for (place, measure) in measures.enumerated() {
      let values = table.texts("measure").indices.filter {
        table.texts("measure")[$0] == measure.name && table.values("delta")[$0] == delta
      }.map { table.values("potential")[$0] }
      let mean = (values[0] + values[1]) / 2
      let half = 12.706204736432095 * abs(values[0] - values[1]) / 2
      #expect(areNear([means.values("potential")[place]], [mean]))
      #expect(areNear([means.values("low")[place]], [max(0, mean - half)]))
      #expect(areNear([means.values("high")[place]], [min(1, mean + half)]))
    }
  }
}
