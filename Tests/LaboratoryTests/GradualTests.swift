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
      #expect(problem { $0.control = .randomMask }.contains("set control=none"))
      #expect(problem { $0.sparsity = nil }.contains("give the trial a sparsity between 0 and 1"))
      #expect(problem { $0.dynamics = .none }.contains("nothing removes weights"))
      #expect(
        problem { $0.dynamics = .gradual(to: .iterations(2)) }.contains(
          "dynamics gradual: from step 0 to step 2 there is no room for a move after 100 steps"))
    }

    @Test func aDynamicsKeepsItsWord() throws {
      let liar = Dynamics("liar", version: 1, isDue: { $0.step == 3 }, survivors: { _, _, _ in 100 }) {
        $0.masks
      }
      let bench = try Bench()
      let report = try bench.run(try SweepPlan(Self.trial.with { $0.dynamics = liar }))
      #expect(
        report.failures.map(\.message) == [
          "\(DynamicsError.count("liar", step: 3, promised: 100, found: 228))"
        ])
    }
  }
}
