import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// The order of the data through a trial: what goes on has new batches, what is rewound has its own again.
  @Suite struct CourseTests {
    private func ladder(_ retraining: Retraining, _ control: Control = .none) -> Trial {
      Trial.tiny.with {
        ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3), nil)
        ($0.retraining, $0.control) = (retraining, control)
      }
    }

    /// The step of the data's order that every round begins with.
    private func firstSteps(_ trial: Trial) throws -> [Int] {
      let plan = try TrialPlan(trial, Bench.library)
      return try plan.rounds.filter { $0.index > 0 }.map { round in
        try #require(plan.training(round[.training])).firstStep
      }
    }

    @Test(
      arguments: [
        (.fineTune(.iterations(8)), [30, 38, 46]), (.learningRateRewind(to: .iterations(10)), [30, 50, 70]),
        (.rewind(), [0, 0, 0]), (.rewind(to: .iterations(10)), [10, 10, 10]),
      ] as [(Retraining, [Int])])
    func whatGoesOnHasNewBatchesAndWhatIsRewoundItsOwn(retraining: Retraining, steps: [Int]) throws {
      #expect(try firstSteps(ladder(retraining)) == steps)
      // A control has the batches of its ticket.
      #expect(try firstSteps(ladder(retraining, .randomMask)) == steps)
    }

    @Test func aRewindTakesBackStepsOfTheDataToo() throws {
      let recipe = Trial.tiny.with {
        $0.recipe = Recipe([
          .train(), .prune(sparsity: 0.3), .retrain(.fineTune(.iterations(8))),
          .prune(sparsity: 0.5), .retrain(.rewind(to: .iterations(10))),
          .prune(sparsity: 0.7), .retrain(.fineTune(.iterations(8))),
          .prune(sparsity: 0.9), .retrain(.fineTune(.iterations(8))),
        ])
      }
      #expect(try firstSteps(recipe) == [30, 10, 30, 38])
      // A network pruned after ten steps goes on with the eleventh.
      let early = Trial.tiny.with {
        $0.recipe = Recipe([
          .train(until: .iterations(10)), .prune(sparsity: 0.3), .retrain(.fineTune(.iterations(8))),
        ])
      }
      #expect(try firstSteps(early) == [10])
    }

    /// A control that is drawn afresh makes its ticket's steps from the first batch on.
    @Test func freshWeightsMakeTheStepsTheTicketHasHad() throws {
      let recipe = Trial.tiny.with {
        $0.control = .randomReinitialisation
        $0.recipe = Recipe([
          .train(), .prune(sparsity: 0.3), .retrain(.rewind(to: .iterations(10))),
          .prune(sparsity: 0.5), .retrain(.fineTune(.iterations(8))),
        ])
      }
      let plan = try TrialPlan(recipe, Bench.library)
      let trainings = try plan.rounds.dropFirst().map { try #require(plan.training($0[.training])) }
      #expect(trainings.map(\.firstStep) == [0, 0] && trainings.map(\.steps) == [30, 38])
    }

    /// Replayed with a trainer of the test's own: the second fine-tuning sees batches 38 to 45.
    @Test func fineTuningGoesOnWithTheBatchesThatFollow() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.5)
          $0.retraining = .fineTune(.iterations(8))
        })
      try bench.run(plan)
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      let (regimen, masks) = (plan.ticket.regimen, try #require(rounds[2].masks))
      let trainer = try Trainer(
        regimen.model, TrainingState(parameters: try #require(rounds[1].weights), buffers: ParameterSet()),
        masks: masks,
        optimizer: regimen.optimizer, batch: 20, seed: 0, firstStep: 38, threads: 1)
      var batches = try Batches(
        regimen.data.split.training, of: regimen.data.dataset, batchSize: 20, seed: 0)
      for step in 38..<46 {
        try trainer.fillBatch { batches.fill(step, $0, $1) }
        _ = trainer.run(learningRate: 0.005)
      }
      #expect(masks.applied(to: trainer.parameters).hasSameBits(as: try #require(rounds[2].weights)))
    }

    // MARK: The first steps of the dense training

    @Test func theDenseTrainingLeavesTheStateThatATicketGoesBackTo() throws {
      let plan = try SweepPlan(ladder(.rewind(to: .iterations(10))))
      let cost = try plan.cost()
      #expect((cost.trainings, cost.steps) == (4, 30 + 3 * 20))
      #expect((cost.trainingsUnshared, cost.stepsUnshared) == (5, 30 + 30 + 3 * 20))
      let bench = try Bench()
      let start = try #require(plan.stages.first { $0.within != nil })
      #expect(start.steps == 10 && start.within == plan.ticket.rounds[0][.training])
      try bench.run(plan) { event in
        if case .began(_, let steps, _, _, _, _) = event { #expect(steps == 90) }
      }
      let left = try #require(try bench.results.stages.read(start.key.hexadecimal))
      let alone = try start.run(StageContext(folder: try Bench().results.stages))
      for name in ["parameters", "buffers"] {
        #expect(try #require(left[parameters: name]).hasSameBits(as: try #require(alone[parameters: name])))
      }
      #expect(left.outcome == alone.outcome && left.series == alone.series && left.evaluations.isEmpty)
      #expect(left[numbers: "step"] == alone[numbers: "step"])
      #expect(left.numbers.map(\.name) == alone.numbers.map(\.name))
    }

    @Test func aStartThatTheDenseTrainingHasPassedIsMadeByItself() throws {
      let plan = try SweepPlan(Trial.tiny.with { $0.retraining = .rewind(to: .iterations(10)) })
      let (whole, torn) = (try Bench(), try Bench())
      try whole.run(plan)
      let start = try #require(plan.stages.first { $0.within != nil })
      let dense = try #require(plan.ticket.training(start.within))
      // The dense training stands at step 20, with nothing left behind.
      let interruption = Interruption()
      let context = StageContext(
        folder: torn.results.stages, interruption: interruption, checkpointInterval: 0,
        progress: { progress in if progress.step >= 20 { interruption.request() } })
      #expect(throws: Interrupted.self) { try dense.run(context) }
      try torn.run(plan)
      #expect(try torn.digests(plan) == whole.digests(plan))
    }
  }
}
