import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// How the learning rate of a retraining goes.
  @Suite struct RetrainingRateTests {
    /// 30 steps at 0.01 and then 0.001, of which half are trained again.
    private func trial(_ rate: RetrainingRate, _ retraining: Retraining = .fineTune(.iterations(10))) -> Trial
    {
      Trial.tiny.with {
        ($0.learningRate, $0.retraining, $0.retrainingRate) = (.steps(0.01, at: [0.5]), retraining, rate)
      }
    }

    /// The learning rates of the retraining, step by step, and the record they stand in.
    private func rates(_ trial: Trial) throws -> (rates: [Double], record: TrialRecord) {
      let bench = try Bench()
      let plan = try SweepPlan(trial)
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      return (try #require(record.rounds[1].series["learning_rate"]).map(Double.init), record)
    }

    private func expect(_ found: [Double], are wanted: [Double]) {
      #expect(found.count == wanted.count)
      for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-6 * b, "\(a), not \(b)") }
    }

    @Test func theCatalogue() {
      #expect(faults(of: RetrainingRate.catalogue) == [])
      #expect(RetrainingRate.catalogue.all.first == Trial().retrainingRate)
    }

    @Test func eachIsLaidOutOverTheRetraining() throws {
      let (high, low) = (0.01, 0.001)
      expect(try rates(trial(.own)).rates, are: [Double](repeating: low, count: 10))
      expect(try rates(trial(.last, .learningRateRewind())).rates, are: [Double](repeating: low, count: 30))
      expect(
        try rates(trial(.rewound)).rates,
        are: [Double](repeating: high, count: 5) + [Double](repeating: low, count: 5))
      expect(try rates(trial(.linear)).rates, are: (0..<10).map { high * (1 - Double($0) / 10) })
      // The weights of a rewind may have any rate too.
      expect(
        try rates(trial(.linear, .rewind(to: .iterations(10)))).rates,
        are: (0..<20).map { high * (1 - Double($0) / 20) })
    }

    /// Beside PyTorch's OneCycleLR: Tests/Reference/retraining.py.
    @Test(arguments: [25, 40]) func aCycleIsPyTorchs(steps: Int) throws {
      let wanted = try #require(try RetrainingFixture.shared.get().cyclic["\(steps)"])
      let found = try rates(trial(.cyclic, .fineTune(.iterations(steps)))).rates
      expect(found, are: wanted.map { $0 / 10 })
    }

    /// Too short for a rise, it falls from the highest rate.
    @Test func aShortCycleHasNoRise() throws {
      let found = try rates(trial(.cyclic, .fineTune(.iterations(3)))).rates
      expect(found, are: [0.01, (0.01 + 1e-6) / 2, 1e-6])
      expect(try rates(trial(.cyclic, .fineTune(.iterations(1)))).rates, are: [0.01])
    }

    /// Zimmer et al.: d = max(‖W − W'‖ / (‖W‖ √s), n/T).
    @Test(arguments: [0.3, 0.9]) func anAdaptiveBeginningFollowsTheChangeByPruning(sparsity: Double) throws {
      let half = trial(.adaptiveLinear, .fineTune(.iterations(15)))
      let (found, record) = try rates(half.with { $0.sparsity = sparsity })
      let (dense, masks) = (try #require(record.rounds[0].weights), try #require(record.rounds[1].masks))
      var (gone, all, count, pruned) = (0.0, 0.0, 0, 0)
      for (name, mask) in masks {
        for (weight, byte) in zip(try #require(dense[name]).scalars, mask.bytes) {
          all += Double(weight) * Double(weight)
          gone += byte == 0 ? Double(weight) * Double(weight) : 0
          (count, pruned) = (count + 1, pruned + (byte == 0 ? 1 : 0))
        }
      }
      let change = (gone / all).squareRoot() / (Double(pruned) / Double(count)).squareRoot()
      // At the one sparsity the length decides, at the other the change.
      #expect(0.01 < change && change < 1 && (change > 0.5) == (sparsity > 0.5), "\(change)")
      let begin = 0.01 * max(change, 0.5)
      expect(found, are: (0..<15).map { begin * (1 - Double($0) / 15) })
    }

    /// What the retraining itself says changes no key, and the last rate is what a fine-tuning has.
    @Test func oneTrainingHasOneKey() throws {
      let (own, last) = (
        try TrialPlan(trial(.own), Bench.library), try TrialPlan(trial(.last), Bench.library)
      )
      #expect(own.stages.map(\.key) == last.stages.map(\.key))
      let keys = try RetrainingRate.catalogue.all.map {
        try TrialPlan(trial($0), Bench.library).rounds[1][.training]
      }
      #expect(Set(keys).count == keys.count - 1)
    }

    @Test func theDenseNetworkIsTrainedOnAtTheSameRates() throws {
      let plan = try SweepPlan(trial(.linear))
      #expect(plan.trials.map(\.trial.retrainingRate) == [.own, .linear, .linear])
      #expect(plan.trials[1].trial.sparsity == 0 && plan.trials[1].trial.retraining != .none)
    }

    /// Where nothing is trained again, cells that differ in the rate alone are one.
    @Test func withoutARetrainingThereIsNoRate() throws {
      let plan = try SweepPlan(trial(.own, .none)) { Axis(\.retrainingRate, [.linear, .cyclic]) }
      #expect(plan.trials.count == 2 && plan.ticket.trial.retrainingRate == .own)
    }

    @Test func aControlHasTheRatesOfItsTicket() throws {
      let ticket = try TrialPlan(trial(.linear), Bench.library)
      let control = try TrialPlan(trial(.linear).with { $0.control = .randomMask }, Bench.library)
      let (mine, other) = (
        try #require(ticket.training(ticket.rounds[1][.training])),
        try #require(control.training(control.rounds[1][.training]))
      )
      #expect(mine.rate != nil && mine.rate == other.rate)
    }

    @Test func anAdaptiveBeginningNeedsTheWeightsThatWerePruned() throws {
      #expect(
        message { _ = try TrialPlan(trial(.adaptiveLinear, .rewind()), Bench.library) }
          .contains(
            "retraining-rate adaptive-linear begins where the change of the weights by pruning puts it"))
      #expect(
        message { _ = try TrialPlan(trial(.adaptiveLinear, .learningRateRewind()), Bench.library) } == "")
    }

    @Test func aStoppedRetrainingGoesOnAtItsRates() throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        let rate = RetrainingRate("ticking", version: 1, takesChange: true) { moment in
          alarm?.tick()
          return moment.highest * max(moment.change, 0.1) / Double(moment.step + 1)
        }
        return try SweepPlan(trial(rate))
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      let alarm = InterruptionTests.Alarm(after: 5)
      #expect(try bench.run(try plan(alarm), interruption: alarm.interruption).isInterrupted)
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }
  }
}
