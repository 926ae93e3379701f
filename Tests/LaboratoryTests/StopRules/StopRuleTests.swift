import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTestSupport
import Testing

extension Running {
  @Suite struct StopRuleTests {
    @Test func aPlateauEndsATraining() throws {
      // Nothing can become better at a learning rate of next to nothing.
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.learningRate, $0.stop) = (.constant(1e-30), .plateau(evaluations: 1))
          $0.optimizer = .sgd()
        })
      let report = try bench.run(plan)
      #expect(report.count(.completed) == 2)
      let record = try bench.record(plan.ticket, of: plan)
      for round in record.rounds {
        #expect(round.evaluations.map(\.step) == [0, 10] && round.series.steps == Array(1...10))
        #expect(
          round.row.stoppedBy.hasPrefix("plateau after step 10: validation_loss has not become better than "))
        // The network it ended with is measured in full.
        #expect(round.row[metric: .trainLoss].isFinite)
      }
    }

    @Test func aTrainingThatGetsBetterIsNotEnded() throws {
      let bench = try Bench()
      let plan = try SweepPlan(Trial.tiny.with { $0.stop = .plateau(evaluations: 3) })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.allSatisfy { $0.evaluations.last?.step == 30 && $0.row.stoppedBy.isEmpty })
    }

    @Test func aDropEndsALadder() throws {
      let bench = try Bench()
      func plan(_ stop: StopRule) throws -> SweepPlan {
        try SweepPlan(
          Trial.tiny.with {
            ($0.schedule, $0.sparsity, $0.stop) = (.lotteryTicket(rounds: 4, rate: 0.6), nil, stop)
            $0.retraining = .none
          })
      }
      let whole = try plan(.never)
      try bench.run(whole)
      let losses = try bench.record(whole.ticket, of: whole).rounds.map { $0.row[metric: .validationLoss] }
      // The first round that is worse than every network before it, by half of what it is worse by.
      let worse = losses.map { $0 - losses[0] }
      let last = try #require(
        worse.indices.dropFirst().first { index in worse[..<index].allSatisfy { $0 < worse[index] } })
      let before = try #require(worse[..<last].max())
      let stopped = try plan(.drop("validation_loss", tolerance: (before + worse[last]) / 2))
      let report = try bench.run(stopped)
      #expect(report.count(.completed) == report.trials.count)
      let record = try bench.record(stopped.ticket, of: stopped)
      #expect(record.status == .completed && record.rounds.map(\.index) == Array(0...last))
      #expect(record.rounds.map(\.row.isFinal) == (0...last).map { $0 == last })
      #expect(
        record.rounds[last].row.stoppedBy.hasPrefix(
          "drop after round \(last): validation_loss has fallen from "))
      #expect(try bench.work(stopped).stages == 0)
    }

    @Test func refusesWhatItWouldMakeUnequal() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Trial.tiny.with(change), Bench.library) }
      }
      #expect(
        problem { ($0.stop, $0.control) = (.plateau(), .randomMask) }.contains(
          "trains exactly as long as its ticket"))
      #expect(problem { ($0.stop, $0.rounds) = (.drop(), [1]) }.contains("leave out rounds"))
      #expect(
        problem {
          $0.stop = .drop()
          $0.recipe = Recipe([.train(until: .iterations(5)), .prune(sparsity: 0.5), .retrain()])
        }.contains("begin the recipe with train"))
      #expect(
        problem { ($0.stop, $0.dataset) = (.plateau(), .glyphs(training: 60, validation: 0, test: 30)) }
          .contains(
            "the data have no validation examples"))
      for text in ["plateau(evaluations: 0)", "plateau(gain: -1)", "drop(tolerance: -1)"] {
        #expect(message { _ = try StopRule(parsing: text) }.contains("but must be"))
      }
    }

    /// What a ladder is compared with is no ladder that may end.
    @Test func baselinesGoTheirWholeWay() throws {
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.schedule, $0.sparsity, $0.stop) = (.lotteryTicket(rounds: 2, rate: 0.5), nil, .drop())
        })
      #expect(
        plan.trials.map(\.trial.stop.name)
          == plan.trials.map { $0.name.hasPrefix("dense") ? "never" : "drop" })
    }

    /// A metric of a user's package may change while it is written; those that ship do not.
    @Test func aRuleByAMetricOfOnesOwnKnowsItsVersion() {
      #expect(StopRule.plateau().identity == StopRule.plateau().specification)
      let own = StopRule.plateau("my_metric")
      #expect(own.specification.isVersioned && !own.identity.isVersioned)
    }

    @Test func nothingIsSelectedOnTheTestSet() {
      let problem = message {
        _ = try TrialPlan(Trial.tiny.with { $0.stop = .plateau("test_loss") }, Bench.library)
      }
      #expect(
        problem.hasSuffix(
          "stop rule plateau looks at test_loss, but may look at the validation data alone, since nothing is selected on the "
            + "test set: validation_loss, validation_accuracy"))
    }
  }
}
