import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  @Suite struct UnitAblationTests {
    /// Every row is what an evaluation of the weights with the unit's rows at 0 gives, and the greedy way takes the best each time.
    @Test func everyRowIsWhatAnEvaluationGives() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "Which neurons does it need?",
          base: Trial.tiny.with {
            $0.model = .mlp([5])
            $0.granularity = .neuron
            $0.allocation = .layerWise(ignoring: ["fc2"])
          }, analyses: [.unitAblation]
        ) {
          Axis(\.sparsity, [0.4])
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      let table = try #require(try SummaryFile.read(report.summary).analyses.first)
      func numbers(_ name: String) -> [Double] {
        switch table[name]?.values {
        case .numbers(let values): values
        case .integers(let values): values.map(Double.init)
        default: []
        }
      }
      // Two seeds, two ways, five units and the whole network.
      #expect(numbers("removed").count == 2 * 2 * 6)
      let trial = try #require(plan.trials.first)
      let dense = try #require(try bench.record(trial, of: plan).rounds.first)
      let weights = try #require(dense.weights)
      let meter = try Meter(trial.regimen)
      func evaluation(_ gone: [Int]) throws -> Evaluation {
        var pruned = weights
        for name in ["fc1.weight", "fc1.bias"] {
          var tensor = try #require(weights[name])
          let row = tensor.scalars.count / 5
          for unit in gone { for place in unit * row..<(unit + 1) * row { tensor.scalars[place] = 0 } }
          pruned[name] = tensor
        }
        return try meter.evaluation(pruned, ParameterSet(), step: 0, isLast: false)
      }
      for row in 0..<6 {
        let unit = Int(numbers("unit")[row])
        #expect(unit == row - 1)
        let right = try evaluation(unit < 0 ? [] : [unit])
        #expect(numbers("validation_loss")[row] == right[.validationLoss])
        #expect(numbers("test_accuracy")[row] == right[.testAccuracy])
      }
      var gone: [Int] = []
      for row in 7..<12 {
        let unit = Int(numbers("unit")[row])
        let losses = try (0..<5).filter { !gone.contains($0) }.map {
          try evaluation(gone + [$0])[.validationLoss]
        }
        gone.append(unit)
        #expect(numbers("validation_loss")[row] == losses.min())
        #expect(numbers("validation_loss")[row] == (try evaluation(gone))[.validationLoss])
        #expect(numbers("share")[row] == Double(gone.count) / 5)
      }
      #expect(Set(gone) == [0, 1, 2, 3, 4])
    }

    @Test func tooManyUnitsAreRefused() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "?", base: Trial.tiny.with { $0.model = .mlp([100]) },
          analyses: [.unitAblation]
        ) {
          Axis(\.sparsity, [0.4])
        }, library: Bench.library)
      let report = try Bench().run(plan)
      let text = report.failures.map(\.message).joined()
      #expect(text.contains("unit-ablation takes up to 256 units, and granularity weight makes"), "\(text)")
    }
  }
}
