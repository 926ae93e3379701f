import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct DeadUnitCourseTests {
  /// Of three hidden units one has no survivors, one is not read, and one is part of a path.
  @Test func whatIsPartOfNoPathIsCounted() throws {
    let network = try Network(.mlp([3]), .images([2], classes: 2))
    let masks = MaskSet([
      ("fc1.weight", Mask([3, 2], [0, 0, 1, 1, 1, 0])), ("fc2.weight", Mask([2, 3], [1, 0, 1, 1, 0, 0])),
    ])
    let layers = LayerPaths.layers(masks, try NetworkPaths(network))
    #expect(layers.map(\.name) == ["fc1.weight", "fc2.weight"])
    #expect(layers[0].units == 3 && layers[0].silent == 1 && layers[0].dead == 2)
    #expect(layers[0].weights == 6 && layers[0].kept == 3 && layers[0].effective == 1)
    #expect(layers[1].units == 2 && layers[1].silent == 0)
    #expect(layers[1].kept == 3 && layers[1].effective == 1)
  }
}

extension Running {
  @Suite struct DeadUnitSweepTests {
    /// Layers add up to what the index has of the round.
    @Test func layersAddUpToTheRound() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "What dies?",
          base: Trial.tiny.with {
            ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3, rate: 0.5), nil)
          }, analyses: [.deadUnits]
        ) { Axis(\.seed, 0..<2) }, library: Bench.library)
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let summary = try SummaryFile.read(report.summary)
      let (units, sparsities) = (summary.analyses[0], summary.analyses[1])
      #expect(units.name == "dead_units" && sparsities.name == "effective_sparsity")
      for row in summary.rows where row.status == .completed {
        let own = units.texts("trial").indices.filter {
          units.texts("trial")[$0] == row.trial && units.integers("round")[$0] == row.round
        }
        #expect(own.count == 2)
        #expect(Double(own.reduce(0) { $0 + units.integers("dead")[$1] }) == row[metric: .deadUnits])
        let weights = own.reduce(0) { $0 + sparsities.integers("weights")[$1] }
        let effective = own.reduce(0) { $0 + sparsities.integers("effective")[$1] }
        #expect(abs(1 - Double(effective) / Double(weights) - row[metric: .effectiveSparsity]) < 1e-12)
      }
    }
  }
}
