import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  @Suite struct OutputsStageTests {
    /// Runs a sweep and asks for the outputs of every round that has results.
    private func outputs(
      _ plan: SweepPlan, _ corruption: Corruption = .none
    ) throws -> [(row: IndexRow, outputs: NetworkOutputs)] {
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let folder = StageFolder(bench.results.stages.path)
      return try plan.trials.flatMap { trial in
        let record = try bench.record(trial, of: plan)
        return try zip(trial.rounds, record.rounds).map { round, found in
          let stage = OutputsStage(
            trial.regimen, of: try #require(round[.training]), masks: round[.masks], corruption: corruption)
          let record = try stage.run(StageContext(folder: folder))
          #expect(stage.fault(in: record) == nil && stage.fault(in: StageRecord(key: "")) != nil)
          return (found.row, try #require(stage.outputs(in: record)))
        }
      }
    }

    /// Accuracy and loss of the logits are those that the round was measured with, of dense networks and under masks.
    private func agree(_ found: [(row: IndexRow, outputs: NetworkOutputs)]) {
      for (row, outputs) in found {
        let right = zip(outputs.predictions, outputs.labels).count { $0 == $1 }
        #expect(
          Double(right) / Double(outputs.count) == row[metric: .testAccuracy], "\(row.trial) \(row.round)")
        var loss = 0.0
        for index in 0..<outputs.count {
          let row = outputs.row(index).map { Double($0) }
          let largest = row.max() ?? 0
          let sum = row.reduce(0) { $0 + Elementary.exp($1 - largest) }
          loss += Elementary.log(sum) + largest - row[Int(outputs.labels[index])]
        }
        let stored = row[metric: .testLoss]
        let apart = abs(loss / Double(outputs.count) - stored)
        #expect(apart < 1e-5 * max(1, stored))
      }
    }

    @Test func logitsAreThoseOfTheRound() throws {
      for trial in Trial.families {
        let found = try outputs(SweepPlan(trial))
        #expect(found.count >= 3)
        agree(found)
      }
    }

    /// Networks that were trained smaller, networks of codes, products in place of weights, and masks that move.
    @Test func formsAreThoseOfTheRound() throws {
      let ladder = Trial.tiny.with {
        ($0.model, $0.dataset, $0.batchSize) = (.lenet([4, 5], hidden: 8), .tinyGlyphs, 10)
        ($0.training, $0.evaluation) = (.iterations(12), .iterations(6))
      }
      let tuning = Retraining.fineTune(.iterations(4))
      let recipes: [[RecipeStep]] = [
        [.train(), .prune(sparsity: 0.5), .compact(), .retrain(tuning)], [.train(), .quantise()],
        [.train(), .prune(sparsity: 0.5), .retrain(tuning), .quantise(bits: 4)],
        [.train(), .factorise(flops: 0.5), .retrain(tuning)],
      ]
      for (index, recipe) in recipes.enumerated() {
        let trial = ladder.with {
          ($0.granularity, $0.recipe, $0.sparsity) = (index == 0 ? .filter : .weight, Recipe(recipe), nil)
          // So that a filter is left in every layer.
          $0.allocation = .layerWise
        }
        agree(try outputs(SweepPlan(trial)))
      }
      let moving = Trial.tiny.with {
        ($0.schedule, $0.sparsity, $0.criterion, $0.allocation) = (.none, 0.75, .random, .layerWise)
        $0.dynamics = .set(every: .iterations(4), to: .iterations(22))
      }
      agree(try outputs(SweepPlan(moving)))
    }

    /// Corrupted images are those of the data set, corrupted before they are met.
    @Test func corruptionsChangeTheInputs() throws {
      let corruption = Corruption.gaussianNoise(severity: 5, seed: 3)
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.dataset, $0.batchSize) = (.mlp([6]), .tinyGlyphs, 10)
        })
      let (clean, noisy) = (try outputs(plan), try outputs(plan, corruption))
      let data = plan.trials[0].regimen.data
      let part = try corruption.applied(to: data.split.test, of: data.dataset)
      let bench = try Bench()
      try bench.run(plan)
      for (index, trial) in plan.trials.enumerated() {
        let weights = try #require(try bench.record(trial, of: plan).rounds[0].weights)
        let direct = try Meter(trial.regimen, givesLogits: true).outputs(weights, ParameterSet(), on: part)
        let place = plan.trials[..<index].reduce(0) { $0 + $1.rounds.count }
        #expect(noisy[place].outputs == direct && noisy[place].outputs != clean[place].outputs)
      }
    }

    @Test func keysTellNetworksMasksAndCorruptionsApart() throws {
      let plan = try SweepPlan(Trial.tiny).ticket
      func key(_ name: String) -> StageKey { StageKey(Specification(name, version: 1)) }
      let (network, masks) = (key("network"), key("masks"))
      let stages = [
        OutputsStage(plan.regimen, of: network, masks: nil),
        OutputsStage(plan.regimen, of: network, masks: masks),
        OutputsStage(plan.regimen, of: key("other"), masks: masks),
        OutputsStage(plan.regimen, of: network, masks: masks, corruption: .contrast()),
        OutputsStage(plan.regimen, of: network, masks: masks, corruption: .contrast(severity: 2)),
      ]
      #expect(Set(stages.map(\.key)).count == stages.count)
      #expect(stages[1].parents == [network, masks] && stages[0].parents == [network])
      #expect(OutputsStage(plan.regimen, of: network, masks: network).key == stages[0].key)
    }

    @Test func tooManyLogitsAreRefused() throws {
      let plan = try TrialPlan(
        Trial.tiny.with {
          $0.model = .causalTransformer(width: 8, heads: 2, layers: 1, feedForward: 2)
          $0.dataset = .induction(vocabulary: 1_024, length: 64, training: 40, validation: 10, test: 300)
        }, Bench.library)
      let stage = OutputsStage(plan.regimen, of: plan.rounds[0].keys[0], masks: nil)
      #expect(
        message { _ = try stage.run(StageContext(folder: StageFolder("/nowhere"))) }
          .hasPrefix("what a network says of induction are 19200 rows of 1024 logits, and up to 16777216"))
    }
  }
}
