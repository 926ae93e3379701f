import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// What recipes make of a trial.
  @Suite struct RecipeTests {
    private func plan(_ change: (inout Trial) -> Void) throws -> TrialPlan {
      try TrialPlan(Trial.tiny.with(change), Bench.library)
    }

    @Test func aRecipeSpellsOutWhatScheduleAndRetrainingStandFor() throws {
      let short = try plan { ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.75) }
      let long = try plan {
        $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(), .prune(sparsity: 0.75), .retrain()])
      }
      #expect(short.stages.map(\.key) == long.stages.map(\.key))
      #expect(short.rounds.map(\.requestedSparsity) == long.rounds.map(\.requestedSparsity))
      #expect(long.name.hasPrefix("magnitude-recipe-0.5-seed0-"))
    }

    @Test func stepsMayDiffer() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          $0.recipe = Recipe([
            .train(), .prune(rate: 0.5), .retrain(.fineTune(.iterations(5))), .prune(sparsity: 0.9),
            .retrain(.none),
          ])
        })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.map(\.series.steps.count) == [30, 5, 0])
      #expect(record.rounds.map { $0.masks?.keptCount ?? -1 } == [0, 114, 23])
      #expect(record.rounds.map(\.row.schedule) == ["recipe", "recipe", "recipe"])
    }

    @Test(arguments: [
      ([RecipeStep.prune(sparsity: 0.5)], RecipeError.untrained("prune")),
      ([.train(), .retrain()], .untrained("retrain")), ([.train(), .train()], .notFirst),
      ([.train(until: .iterations(0))], .noRound), ([.train(), .prune(sparsity: 0.5)], .noRound),
      ([.train(), .prune(sparsity: 0.5), .retrain(.fineTune()), .retrain()], .retrainedTwice),
    ])
    func refusesWhatCannotBeDone(steps: [RecipeStep], error: RecipeError) {
      let problem = message { _ = try plan { $0.recipe = Recipe(steps) } }
      #expect(problem == "trial magnitude-recipe-0.5-seed0: \(error)")
    }

    /// What a table says of a round is what was done, not what the trial would have done without its recipe.
    @Test func aRetrainingOfARecipeIsNamed() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          $0.retraining = .rewind(to: .iterations(5))
          $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(.fineTune(.iterations(5)))])
        })
      try bench.run(plan)
      let row = try bench.record(plan.ticket, of: plan).rounds[1].row
      #expect(row.retraining == "fine-tune" && row.rewindStep == nil)
    }

    /// What a recipe takes the place of does not multiply the cells.
    @Test func aRecipeTakesThePlaceOfScheduleAndSparsity() throws {
      let plan = try SweepPlan(
        Trial.tiny.with { $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain()]) }
      ) {
        Axis(\.schedule, [.oneShot, .iterative(rounds: 2)])
        Axis(\.sparsity, [0.5, 0.9])
      }
      #expect(plan.trials.count == 2)
      #expect(
        message {
          _ = try self.plan {
            $0.recipe = Recipe([.train(until: .iterations(30)), .prune(sparsity: 0.5), .retrain()])
          }
        }
        .contains("the dense training ends after 30"))
    }

    @Test func aControlNeedsTheRecipesOwnRetraining() throws {
      func problem(_ own: Retraining, _ trial: Retraining) -> String {
        message {
          _ = try plan {
            ($0.retraining, $0.control) = (trial, .randomMask)
            $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(own)])
          }
        }
      }
      #expect(problem(.none, .rewind()).contains("needs a retraining"))
      #expect(problem(.fineTune(.iterations(5)), .none) == "")
    }

    /// A criterion that moves weights by nothing is the same as one that moves none: running statistics stay too.
    @Test func whatIsMovedKeepsItsRunningStatistics() throws {
      let bench = try Bench()
      func row(_ criterion: Criterion) throws -> IndexRow {
        let plan = try SweepPlan(
          Trial.families[2].with {
            ($0.criterion, $0.retraining) = (criterion, .none)
            ($0.schedule, $0.sparsity) = (.oneShot, 0.2)
          }, name: criterion.name)
        try bench.run(plan)
        return try bench.record(plan.ticket, of: plan).rounds[1].row
      }
      let still = Criterion(
        "still", version: 1,
        scores: { try $0.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map(abs)) } },
        compensate: { $1.applied(to: $0.weights) })
      let (plain, moved) = (try row(.magnitude), try row(still))
      #expect(plain[metric: .testLoss] == moved[metric: .testLoss])
    }

    // MARK: Pruning at initialisation

    @Test func pruningAtInitialisationTrainsOnceUnderItsLastMask() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.schedule, $0.sparsity) = (.atInitialisation(rounds: 3), 0.75) })
      // The dense baseline, and the ticket with no dense training of its own.
      #expect(plan.trials.count == 2 && plan.ticket.stages.count { $0.steps > 0 } == 1)
      #expect(plan.ticket.rounds.map(\.index) == [3])
      let report = try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.count == 1 && record.status == .completed)
      let (round, initial) = (record.rounds[0], try #require(record.initialWeights))
      let masks = try #require(round.masks)
      #expect(masks.keptCount == 57 && round.row.isFinal && !round.row.isLadder)
      // Magnitude at initialisation keeps the largest of the initial weights, in whichever number of rounds.
      let once = try Pruner(criterion: .magnitude).prune(
        ScoringContext(weights: initial, masks: plan.ticket.regimen.model.fullMasks), to: .sparsity(0.75))
      #expect(masks == once.masks)
      #expect(round.series.steps == Array(1...30))
      // One row a trial: no untrained network is a round.
      #expect(report.rows.count == 2)
    }

    @Test(arguments: [Schedule.atInitialisation(), .atInitialisation(rounds: 2)])
    func pruningAtInitialisationIsTrainedLikeTheDenseNetwork(schedule: Schedule) throws {
      // Under a mask that keeps everything, step for step the dense training.
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.schedule, $0.sparsity, $0.learningRate) = (schedule, 0.001, .cosine(0.01))
          $0.execution = .never
        })
      try bench.run(plan)
      let records = try plan.trials.map { try bench.record($0, of: plan) }
      #expect(records[1].rounds[0].masks?.keptCount == 228)
      #expect(
        try #require(records[1].rounds[0].weights).hasSameBits(as: try #require(records[0].rounds[0].weights))
      )
      #expect(
        records[1].rounds[0].series["learning_rate"] == records[0].rounds[0].series["learning_rate"])
    }

    // MARK: Evidence

    @Test func criteriaShareTheirEvidence() throws {
      let plan = try SweepPlan(.tiny) {
        Axis(\.granularity, [.weight, .neuron])
        Fix(\.criterion, .taylor)
        Axis(\.sparsity, [0.5, 0.9])
      }
      #expect(plan.stages.count { $0 is EvidenceStage } == 1)
      #expect(plan.stages.count { $0 is ScoreStage } == 1)
      #expect(plan.stages.count { $0 is PruningStage } == 4)
    }

    @Test func moreBatchesAreOtherEvidence() throws {
      func keys(_ batches: Int) throws -> [StageKey] {
        try plan { ($0.criterion, $0.scoringBatches) = (.fisher, batches) }.stages.map(\.key)
      }
      let (one, two) = (try keys(1), try keys(2))
      #expect(one[0] == two[0] && one[1] != two[1] && one[2] != two[2])
    }
  }
}
