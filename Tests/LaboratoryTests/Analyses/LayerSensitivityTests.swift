import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  @Suite struct LayerSensitivityTests {
    private func plan(_ allocation: Allocation) throws -> SweepPlan {
      try SweepPlan(
        Experiment(
          "test", question: "Which layers bear pruning?",
          base: Trial.tiny.with { $0.allocation = allocation }, analyses: [.layerSensitivity]
        ) {
          Axis(\.sparsity, [0.5, 0.9])
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
    }

    @Test func everyLayerAtEveryLevelIsWhatAnEvaluationGives() throws {
      let (bench, plan) = (try Bench(), try plan(.global))
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      let table = try #require(try SummaryFile.read(report.summary).analyses.first)
      #expect(table.name == "layer_sensitivity")
      func texts(_ name: String) -> [String] {
        if case .texts(let values)? = table[name]?.values { values } else { [] }
      }
      func numbers(_ name: String) -> [Double] {
        if case .numbers(let values)? = table[name]?.values { values } else { [] }
      }
      // Two seeds, two layers, 14 levels: trials of one seed share their dense network.
      #expect(texts("layer").count == 2 * 2 * 14)
      #expect(Set(texts("layer")) == ["fc1.weight", "fc2.weight"])
      let trial = try #require(plan.trials.first)
      let regimen = trial.regimen
      let dense = try #require(try bench.record(trial, of: plan).rounds.first)
      let weights = try #require(dense.weights)
      // The mean loss of the batch by another way: the gradient probe's loss, with the smallest of one layer set to 0.
      let scoring = ScoringData(batch: trial.trial.scoringBatch)
      for row in 0..<28 {
        #expect(texts("trial")[row] == trial.name)
        var pruned = weights
        let name = texts("layer")[row]
        var tensor = try #require(weights[name])
        let order = tensor.scalars.indices.sorted { abs(tensor.scalars[$0]) < abs(tensor.scalars[$1]) }
        let removed = Int((numbers("sparsity")[row] * Double(order.count)).rounded(.toNearestOrAwayFromZero))
        for element in order.prefix(removed) { tensor.scalars[element] = 0 }
        pruned[name] = tensor
        let loss = Evidence("loss", version: 1, combine: .mean) { trace in
          [(trace.weights[0].name, trace.loss)]
        }
        let found = try scoring.measure(
          loss, regimen, pruned, ParameterSet(), masks: nil, threads: 1, given: { _ in ParameterSet() })
        let expected = Double(try #require(found.map(\.tensor).first).scalars[0])
        #expect(abs(numbers("loss")[row] - expected) < 1e-5, "\(name) \(removed)")
        #expect(numbers("rise")[row] == numbers("loss")[row] - numbers("loss")[row / 14 * 14])
      }
    }

    @Test func itIsAStageThatTheAllocationShares() throws {
      let (bench, plan) = (try Bench(), try plan(.sensitivity))
      try bench.run(plan)
      let stages = bench.results.stages.paths().count
      // Two dense networks were measured: once each, for prunings and analysis together.
      #expect(Set(plan.stages.filter { $0 is SensitivityStage }.map(\.key)).count == 2)
      try bench.run(plan)
      #expect(bench.results.stages.paths().count == stages)
      // Two dense trainings; for each a measurement; for each of four cells a pruning and a retraining; the answer.
      #expect(stages == plan.stages.count + 1)
    }
  }
}
