import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// Trainings in which weights come and go.
  @Suite struct DynamicSparseTests {
    private static let every = Budget.iterations(4)
    private static let end = Budget.iterations(22)

    /// Every dynamics that regrows, with its moves at 0, 4, …, 20.
    static let dynamics: [Dynamics] = [
      .set(every: every, to: end), .rigl(every: every, to: end),
      .srigl(every: every, to: end, ablation: 0.3), .granet(to: end, every: every),
      .topKAST(every: every, to: end), .acDC(from: .iterations(2), to: end, every: every),
      .softFilter(every: every, to: end),
    ]

    static func trial(_ dynamics: Dynamics) -> Trial {
      Trial.tiny.with {
        ($0.schedule, $0.sparsity, $0.dynamics) = (.none, 0.75, dynamics)
        ($0.criterion, $0.allocation, $0.scoringBatch) = (.magnitude, .layerWise, 16)
        if ["set", "rigl", "srigl"].contains(dynamics.name) { $0.criterion = .random }
      }
    }

    private func plan(_ dynamics: Dynamics, _ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
      try SweepPlan(
        Self.trial(dynamics).with {
          $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
            alarm?.tick()
            return 0.005
          }
        })
    }

    @Test("runs in a sweep and ends at its ratio", arguments: dynamics)
    func endsAtItsRatio(dynamics: Dynamics) throws {
      let bench = try Bench()
      let plan = try SweepPlan(Self.trial(dynamics)) { Axis(\.sparsity, [0.5, 0.75]) }
      #expect(try bench.run(plan).failures.map(\.message) == [])
      for (trial, sparsity) in zip(plan.trials.filter { $0.trial.dynamics != .none }, [0.5, 0.75]) {
        let round = try bench.record(trial, of: plan).rounds[0]
        // 192 and 36 weights in two layers.
        #expect(round.row.sparsity == sparsity && round.row.dynamics == dynamics.name)
        #expect(round.trainedMasks == nil)
        for (name, mask) in try #require(round.masks) {
          let weights = try #require(round.weights?[name]).scalars
          #expect(zip(weights, mask.bytes).allSatisfy { $1 != 0 || $0.bitPattern == 0 })
        }
        let exploration = round.row[metric: Metric.exploration]
        let series = try #require(round.series["exploration"])
        #expect(series.count == 30 && zip(series, series.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(series.last == Float(exploration) && exploration > 1 - sparsity && exploration <= 1)
      }
    }

    /// Counts of every step, and what has ever been active counted by hand from the masks of all moves.
    @Test(arguments: [dynamics[0], .rigl(drop: .constant(0.3), every: every, to: end)])
    func theCountStaysAndExplorationIsTheUnion(dynamics: Dynamics) throws {
      let bench = try Bench()
      let plan = try plan(dynamics)
      try bench.run(plan)
      let round = try bench.record(plan.ticket, of: plan).rounds[0]
      #expect(round.series["sparsity"]?.allSatisfy { $0 == 0.75 } == true)
      var (union, explored, masks) = (MaskSet(), [Float](), [MaskSet]())
      for step in 1...30 {
        // A training that was stopped after a step keeps the masks that step was made with.
        let alarm = InterruptionTests.Alarm(after: 30 + step)
        let other = try Bench()
        try other.run(try self.plan(dynamics, alarm), interruption: alarm.interruption)
        let key = try #require(plan.ticket.rounds[0][.training]).hexadecimal
        guard step < 30 else { break }
        let checkpoint = try #require(try other.results.stages.readCheckpoint(key))
        let active = try #require(checkpoint[masks: "masks"])
        union = step == 1 ? active : union.union(active)
        #expect(checkpoint[masks: "explored"] == union)
        explored.append(Float(union.density))
        masks.append(active)
      }
      #expect(explored == round.series["exploration"]?.dropLast())
      // Masks move before the steps 5, 9, …, 21 and nowhere else.
      for step in 2...29 {
        #expect((masks[step - 1] != masks[step - 2]) == [5, 9, 13, 17, 21].contains(step), "step \(step)")
      }
    }

    @Test("what has grown begins at 0, with its moments", arguments: [dynamics[0], dynamics[1]])
    func grownWeightsBeginAtZero(dynamics: Dynamics) throws {
      func checkpoint(_ step: Int) throws -> StageRecord {
        let (bench, alarm) = (try Bench(), InterruptionTests.Alarm(after: 30 + step))
        let plan = try self.plan(dynamics, alarm)
        try bench.run(plan, interruption: alarm.interruption)
        let key = try #require(plan.ticket.rounds[0][.training]).hexadecimal
        return try #require(try bench.results.stages.readCheckpoint(key))
      }
      // One step after the move of step 8: of a grown weight Adam has seen one gradient, so that
      // its second moment is (1 − β₂)/(1 − β₁)² times the square of its first, and it has moved by no more than ten rates.
      let (before, after) = (try checkpoint(8), try checkpoint(9))
      var grown = 0
      for (name, mask) in try #require(after[masks: "masks"]) {
        let old = try #require(before[masks: "masks"]?[name])
        let first = try #require(after[parameters: "moments"]?["moment1:\(name)"]).scalars
        let second = try #require(after[parameters: "moments"]?["moment2:\(name)"]).scalars
        for place in 0..<mask.count where mask.bytes[place] == 1 && old.bytes[place] == 0 {
          grown += 1
          let square = Double(first[place]) * Double(first[place])
          #expect(abs(Double(second[place]) - 0.1 * square) <= 1e-6 * square + 1e-12)
        }
      }
      #expect(grown > 5)
    }

    @Test("goes on where it was stopped", arguments: dynamics, [3, 9, 20])
    func goesOnWhereItWasStopped(dynamics: Dynamics, step: Int) throws {
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan(dynamics))
      // The dense baseline comes first.
      let alarm = InterruptionTests.Alarm(after: 30 + step)
      #expect(try bench.run(try plan(dynamics, alarm), interruption: alarm.interruption).isInterrupted)
      try bench.run(try plan(dynamics))
      #expect(try bench.digests(try plan(dynamics)) == reference.digests(try plan(dynamics)))
    }

    /// Static sparse training and those that rewire have the same first masks.
    @Test func allBeginWithTheMasksOfStaticTraining() throws {
      let bench = try Bench()
      let rewired = try SweepPlan(
        Self.trial(.rigl(drop: .constant(0), every: Self.every, to: Self.end)), name: "rewired")
      let still = try SweepPlan(
        Self.trial(.none).with {
          ($0.criterion, $0.schedule, $0.retraining) = (.random, .atInitialisation(), .rewind())
        },
        name: "still")
      try bench.run(rewired)
      try bench.run(still)
      let found = try [rewired, still].map { try #require(bench.record($0.ticket, of: $0).rounds.last) }
      #expect(found[0].masks == found[1].masks && found[0].weights == found[1].weights)
      let explorations = found.map { $0.row[metric: Metric.exploration] }
      #expect(explorations[0] == 0.25 && explorations[1].isNaN)
    }

    @Test func refusesWhatDoesNotGoTogether() {
      func problem(_ dynamics: Dynamics, _ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Self.trial(dynamics).with(change), Bench.library) }
      }
      for dynamics in Self.dynamics {
        #expect(problem(dynamics) { $0.schedule = .lotteryTicket(rounds: 2) }.contains("set schedule=none"))
        #expect(problem(dynamics) { $0.stop = .drop() }.contains("stop rule drop ends a ladder of rounds"))
        #expect(problem(dynamics) { $0.training = .iterations(21) }.contains("a training of 21 steps"))
      }
      for dynamics in Self.dynamics.prefix(5) {
        #expect(problem(dynamics) { $0.granularity = .neuron }.contains("it moves single weights"))
      }
      #expect(problem(Self.dynamics[1]) { $0.allocation = .rowWise }.contains("from row to row"))
    }

    @Test func aDivergedTrainingIsKept() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial(.rigl(every: .iterations(1), to: Self.end)).with {
          ($0.learningRate, $0.optimizer) = (.constant(1e30), .sgd())
        })
      #expect(try bench.run(plan).failures.map(\.message) == [])
      #expect(try bench.record(plan.ticket, of: plan).status == .diverged)
    }
  }
}
