import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// Gradual magnitude pruning, on the floor of dynamics.
  @Suite struct GradualTests {
    static let trial = Trial.tiny.with {
      ($0.schedule, $0.sparsity) = (.none, 0.9)
      $0.dynamics = .gradual(from: .iterations(4), to: .iterations(20), every: .iterations(4))
    }

    /// s = 0.9 · (1 − (1 − i/4)³) of 228 weights, rounded: the schedule's values at ¼, ½, ¾ and the end are those of the paper's
    /// formula, .5203, .7875, .8859 and .9.
    static let survivors = [228, 228 - 119, 228 - 180, 228 - 202, 228 - 205]

    @Test(arguments: [SparseExecution.never, .always, .automatic])
    func followsItsCubic(execution: SparseExecution) throws {
      let bench = try Bench()
      let plan = try SweepPlan(Self.trial.with { $0.execution = execution })
      #expect(plan.trials.map(\.name).allSatisfy { !$0.contains("one-shot") || $0.contains("dense") })
      // What would follow a pruning makes no difference: it does not multiply the cells.
      let cells = try SweepPlan(Self.trial) { Axis(\.retraining, [.none, .rewind(), .fineTune()]) }
      #expect(cells.trials.count == 2 && cells.ticket.name.hasPrefix("magnitude-gradual-0.9-seed0-"))
      let report = try bench.run(plan)
      #expect(report.count(.completed) == 2)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.map(\.index) == [1])
      let round = record.rounds[0]
      let sparsities = try #require(round.series["sparsity"])
      for (index, kept) in Self.survivors.enumerated() {
        // Step 4 is the first at the mask of moment 4: steps count from 1.
        let steps = (4 + 4 * index)..<(index == 4 ? 30 : 8 + 4 * index)
        for step in steps { #expect(sparsities[step] == Float(1 - Double(kept) / 228), "step \(step + 1)") }
      }
      let masks = try #require(round.masks)
      #expect(masks.keptCount == 23 && round.row.sparsity == masks.sparsity)
      for (name, mask) in masks {
        let weights = try #require(round.weights?[name]).scalars
        #expect(zip(weights, mask.bytes).allSatisfy { $1 != 0 || $0.bitPattern == 0 })
      }
      #expect(
        round.row.dynamics == "gradual" && round.row.schedule == "none" && round.row.retraining == "none")
    }

    @Test(arguments: [Criterion.magnitude, .taylor], [1, 7, 12, 13, 20, 29])
    func goesOnWhereItWasStopped(criterion: Criterion, step: Int) throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        try SweepPlan(
          Self.trial.with {
            $0.criterion = criterion
            $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
              alarm?.tick()
              return 0.005
            }
          })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The dense baseline comes first.
      let alarm = InterruptionTests.Alarm(after: 30 + step)
      let report = try bench.run(try plan(alarm), interruption: alarm.interruption)
      #expect(report.isInterrupted)
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }

    @Test func takesOtherGranularities() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial.with {
          ($0.granularity, $0.sparsity, $0.allocation) = (.neuron, 0.5, .global(ignoring: ["fc2"]))
        })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed && record.rounds[0].row.sparsity == 0.5)
      #expect(record.rounds[0].masks?["fc1.bias"]?.keptCount == 6)
    }

    @Test func refusesWhatDoesNotGoTogether() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Self.trial.with(change), Bench.library) }
      }
      #expect(problem { $0.schedule = .oneShot }.contains("set schedule=none, or dynamics=none"))
      // A control is trained from the first step on under the masks at the end.
      #expect(problem { $0.control = .randomMask } == "")
      #expect(
        problem { $0.dynamics = .gradual(to: .iterations(31), every: .iterations(5)) }.contains(
          "it ends at step 31 of a training of 30 steps"))
      #expect(
        problem {
          $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain()])
        }.contains("leave out one of them"))
      #expect(problem { $0.rounds = [1] }.contains("leave out rounds"))
      let moving = Criterion(
        "moving", version: 1, scores: { $0.weights }, compensate: { $1.applied(to: $0.weights) })
      #expect(problem { $0.criterion = moving }.contains("set dynamics=none, or another criterion"))
      #expect(problem { $0.sparsity = nil }.contains("give the trial a sparsity between 0 and 1"))
      #expect(problem { $0.dynamics = .none }.contains("nothing removes weights"))
      #expect(
        problem { $0.dynamics = .gradual(to: .iterations(2)) }.contains(
          "dynamics gradual: from step 0 to step 2 there is no room for a move after 100 steps"))
    }

    /// Allocations that round layer by layer leave other numbers than the whole does.
    @Test(arguments: [Allocation.layerWise(), .rowWise(), .erdosRenyi], [0.5, 0.8, 0.9375])
    func goesWithEveryAllocation(allocation: Allocation, sparsity: Double) throws {
      let bench = try Bench()
      let plan = try SweepPlan(Self.trial.with { ($0.allocation, $0.sparsity) = (allocation, sparsity) })
      let report = try bench.run(plan)
      #expect(report.failures.map(\.message) == [])
      let once = try TrialPlan(
        Trial.tiny.with { ($0.allocation, $0.sparsity) = (allocation, sparsity) }, Bench.library)
      let row = try bench.record(plan.ticket, of: plan).rounds[0].row
      // The row says what was asked for beside what whole weights came to.
      #expect(row.requestedSparsity == sparsity && row.sparsity == once.targetSparsity)
    }

    /// Every layer comes to within half a unit of its own number, and the layers of a network miss theirs together.
    @Test func unitsOfEveryLayerMayMissTheirNumber() throws {
      let bench = try Bench()
      let trial = Trial.families[2].with {
        ($0.schedule, $0.retraining, $0.dynamics) = (Self.trial.schedule, .none, Self.trial.dynamics)
        ($0.training, $0.granularity, $0.allocation) = (Self.trial.training, .neuron, .layerWise)
      }
      for sparsity in [0.3, 0.45, 0.6] {
        let plan = try SweepPlan(trial.with { $0.sparsity = sparsity }, name: "s\(sparsity)")
        #expect(try bench.run(plan).failures.map(\.message) == [])
      }
    }

    @Test func anEmptiedLayerIsACollapse() throws {
      let bench = try Bench()
      let plan = try SweepPlan(Self.trial.with { ($0.criterion, $0.sparsity) = (.random, 0.999) })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .collapsed && record.rounds[0].row.status == .collapsed)
      #expect(record.rounds[0].row.sparsity == 228.0 / 228 || record.rounds[0].masks?.keptCount == 0)
    }

    @Test func aDivergedTrainingIsKept() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial.with { ($0.learningRate, $0.optimizer) = (.constant(1e30), .sgd()) })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .diverged)
      #expect(
        record.rounds.count == 1 && record.rounds[0].weights != nil && !record.rounds[0].evaluations.isEmpty)
    }

    /// Where masks move after every step, a network that the step before has spoilt is to be scored.
    @Test func aDivergedTrainingIsNoErrorOfTheCriterion() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial.with {
          ($0.learningRate, $0.optimizer, $0.criterion) = (.constant(1e30), .sgd(), .taylor)
          $0.dynamics = .gradual(to: .share(1), every: .iterations(1))
        })
      #expect(try bench.run(plan).failures.map(\.message) == [])
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .diverged && record.rounds.count == 1)
    }

    /// An end that is asked for while a move measures evidence leaves a checkpoint from before the move.
    @Test func stopsInTheMiddleOfAMove() throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        let watched = Evidence("watched", version: 1, combine: .mean) { trace in
          alarm?.tick()
          return trace.weightGradients
        }
        return try SweepPlan(
          Self.trial.with {
            $0.criterion = Criterion("watched", version: 1, needs: .evidence(watched)) { context in
              try context.scoreEach(from: watched) { abs($0 * $1) }
            }
          })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The plan traces the evidence once, and the training once for all of its moves, at the first, that of step 4.
      let alarm = InterruptionTests.Alarm(after: 2)
      let stopped = try plan(alarm)
      #expect(try bench.run(stopped, interruption: alarm.interruption).isInterrupted)
      let key = try #require(stopped.ticket.rounds[0][.training]).hexadecimal
      let checkpoint = try #require(try bench.results.stages.readCheckpoint(key))
      #expect(checkpoint[numbers: "step"] == [4] && checkpoint[masks: "masks"]?.sparsity == 0)
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }

    /// Evaluations under masks of another sparsity are those of another network: a rule does not judge by them, and none of
    /// them is the best.
    @Test func isJudgedUnderItsLastMasks() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial.with {
          ($0.evaluation, $0.sparsity) = (.iterations(2), 0.95)
          ($0.learningRate, $0.optimizer, $0.stop) = (.constant(1e-30), .sgd(), .plateau(evaluations: 1))
        })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed)
      let round = record.rounds[0]
      // The last move is that of step 20; two evaluations later nothing has become better.
      #expect(round.evaluations.map(\.step) == Array(stride(from: 0, through: 22, by: 2)))
      #expect(
        round.row.sparsity == round.masks?.sparsity && round.row.stoppedBy.hasPrefix("plateau after step 22"))
      #expect(round.row[metric: .earlyStopStep] == 20)
    }

    /// What a criterion looks at is part of what a training under its dynamics is.
    @Test func theKeyHoldsTheEvidence() throws {
      func key(_ version: Int?) throws -> [StageKey] {
        let evidence = Evidence("mine", version: version) { _ in [] }
        let criterion = Criterion("mine", version: 1, needs: [.evidence(evidence)]) {
          $0.weights
        }
        return try TrialPlan(Self.trial.with { $0.criterion = criterion }, Bench.library).stages.map(\.key)
      }
      #expect(try key(1) == key(1))
      #expect(try key(1) != key(2) && key(1) != key(nil))
    }

    @Test func aDynamicsKeepsItsWord() throws {
      let liar = Dynamics("liar", version: 1, isDue: { $0.step == 3 }, target: { _, _ in .sparsity(0.5) }) {
        $0.masks
      }
      let bench = try Bench()
      let report = try bench.run(try SweepPlan(Self.trial.with { $0.dynamics = liar }))
      #expect(
        report.failures.map(\.message) == [
          "\(DynamicsError.count("liar", step: 3, promised: 114, found: 228))"
        ])
    }
  }
}
