import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Foundation
import Testing

@Suite struct MaskAlignmentTests {
  /// A network and the same with its hidden units in another order: rows, the biases apart, and the columns that read them.
  @Test func unitsFindTheirPlacesAgain() throws {
    let chain = try UnitChainTests.chain(.lenet([4, 5], hidden: 8), [1, 12, 12])
    let network = try Network(.lenet([4, 5], hidden: 8), .images([1, 12, 12], classes: 3))
    let weights = network.initialParameters(seed: 4)
    let orders = [[2, 0, 3, 1], [4, 3, 0, 1, 2], [7, 1, 3, 0, 2, 6, 5, 4]]
    var moved = weights
    for (place, layer) in chain.layers.enumerated() {
      let tensor = try #require(weights[layer.name])
      let (rows, columns) = (layer.shape[0], layer.shape[1])
      let inner = tensor.scalars.count / rows / columns
      var scalars = tensor.scalars
      for row in 0..<rows {
        for column in 0..<columns {
          // Unit u of the moved network is unit order[u] of the first.
          let from = place < 3 ? orders[place][row] : row
          let width = place == 0 ? 1 : columns / chain.layers[place - 1].units
          let source =
            place == 0 ? column : orders[place - 1][column / width] * width + column % width
          for k in 0..<inner {
            scalars[(row * columns + column) * inner + k] =
              tensor.scalars[(from * columns + source) * inner + k]
          }
        }
      }
      moved[layer.name] = Tensor(tensor.shape, scalars)
    }
    let alignment = try #require(UnitAlignment(weights, moved, along: chain))
    for (layer, order) in zip(alignment.layers, orders) {
      // For each unit of the first network the place it has in the other.
      #expect(layer.units == order.indices.map { order.firstIndex(of: $0) ?? -1 })
      #expect(abs(layer.correlation - 1) < 1e-6 && layer.correlationBefore < 0.9)
    }
    // The masks of the largest weights of both are one behind it, and not before.
    for (place, layer) in chain.layers.enumerated() {
      func mask(_ set: ParameterSet) throws -> Mask {
        let scalars = try #require(set[layer.name]).scalars
        return Mask(layer.shape, scalars.map { abs($0) > 0.05 ? 1 : 0 })
      }
      let (one, other) = (try mask(weights), try mask(moved))
      #expect(alignment.aligned(other, ofLayer: place) == one && other != one)
    }
  }

  @Test func correlationsAreThoseOfTheDefinition() {
    let one: [Float] = [1, 2, 3, 0, 0, 0]
    let other: [Float] = [2, 4, 6, 3, 1, 2]
    let found = UnitAlignment.correlations(one, other, rows: 2)
    // (−1, 0, 1) · (1, −1, 0) / (√2 · √2)
    #expect(areClose(found, [1, -0.5, 0, 0]))
  }
}

extension Running {
  @Suite struct MaskAlignmentSweepTests {
    @Test func pairsOfSeedsAreComparedBeforeAndAfter() throws {
      for basis in AlignmentBasis.allCases {
        let plan = try SweepPlan(
          Experiment(
            "test", question: "Is it one ticket?", base: Trial.tiny, analyses: [.maskAlignment(by: basis)]
          ) { Axis(\.seed, 0..<3) }, library: Bench.library)
        let bench = try Bench()
        let report = try bench.run(plan)
        #expect(report.failures.isEmpty, "\(report.failures)")
        let table = try #require(try SummaryFile.read(report.summary).analyses.first)
        // Three pairs, two layers and all, before and after.
        #expect(table.rowCount == 3 * 3 * 2)
        #expect(
          table.texts("layer").prefix(6) == [
            "fc1.weight", "fc1.weight", "fc2.weight", "fc2.weight", "all", "all",
          ])
        for (row, units) in table.texts("units").enumerated()
        where units == "after" && !table.numbers("correlation")[row].isNaN {
          #expect(table.numbers("correlation")[row] >= table.numbers("correlation")[row - 1])
        }
        // What is found before is what the masks have in common.
        let masks = try [0, 1].map { seed in
          let trial = try #require(plan.trials.first { $0.trial.seed == seed && $0.trial.sparsity == 0.5 })
          return try #require(try bench.record(trial, of: plan).rounds.last?.masks)
        }
        #expect(table.numbers("jaccard")[4] == MaskAgreement(masks[0], masks[1])?.jaccard)
        #expect(table.numbers("chance")[4] == MaskAgreement(masks[0], masks[1])?.chance)
      }
    }

    @Test func whatIsNoChainIsRefusedWithTheReason() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "Is it one ticket?",
          base: Trial.tiny.with { ($0.model, $0.dataset) = (.resnet([3, 4], blocks: 1), .tinyGlyphs) },
          analyses: [.maskAlignment]
        ) { Axis(\.seed, 0..<2) }, library: Bench.library)
      let report = try Bench().run(plan)
      #expect(report.failures.count == 1)
      #expect(
        report.failures.first?.message.contains("mask-alignment cannot be asked here: units of") == true,
        "\(report.failures)")
    }
  }
}
