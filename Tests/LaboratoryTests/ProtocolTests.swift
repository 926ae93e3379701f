import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// The pruning protocol, checked on what whole trials leave behind.
  @Suite struct ProtocolTests {
    static let optimizers: [Optimizer] = [
      .sgd(weightDecay: 0.1), .sgd(momentum: 0.9, isNesterov: true, weightDecay: 0.1),
      .adam(weightDecay: 0.1), .adamW(weightDecay: 0.1),
    ]

    private func ladder(_ change: (inout Trial) -> Void = { _ in }) -> Trial {
      Trial.tiny.with {
        ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3, rate: 0.3), nil)
        change(&$0)
      }
    }

    private func record(_ trial: Trial, _ bench: Bench) throws -> (plan: TrialPlan, record: TrialRecord) {
      let plan = try SweepPlan(trial)
      try bench.run(plan)
      return (plan.ticket, try bench.record(plan.ticket, of: plan))
    }

    @Test(
      arguments: optimizers,
      [Retraining.rewind(), .rewind(to: .iterations(7)), .fineTune(.share(0.5)), .learningRateRewind()])
    func maskedWeightsStayZeroAndMasksShrink(optimizer: Optimizer, retraining: Retraining) throws {
      let trial = ladder { ($0.optimizer, $0.retraining) = (optimizer, retraining) }
      let (_, record) = try record(trial, Bench())
      #expect(record.status == .completed)
      #expect(record.rounds.map(\.index) == [0, 1, 2, 3])
      var before: MaskSet?
      var prunable = 228
      for round in record.rounds.dropFirst() {
        let (weights, masks) = (try #require(round.weights), try #require(round.masks))
        for (name, mask) in masks {
          let scalars = try #require(weights[name]).scalars
          #expect(
            zip(scalars, mask.bytes).allSatisfy { $1 != 0 || $0.bitPattern == 0 },
            "\(name) of round \(round.index)")
          // The survivors are there, and were trained.
          #expect(zip(scalars, mask.bytes).contains { $1 != 0 && $0 != 0 })
        }
        if let before { #expect(masks.isSubset(of: before)) }
        before = masks
        prunable -= Int((0.3 * Double(prunable)).rounded(.toNearestOrAwayFromZero))
        #expect(masks.keptCount == prunable)
        #expect(round.row.sparsity == masks.sparsity && round.row.requestedSparsity == masks.sparsity)
      }
    }

    @Test(arguments: [0, 7]) func rewoundWeightsAreThoseOfTheirStep(step: Int) throws {
      let bench = try Bench()
      let (plan, record) = try record(ladder { $0.retraining = .rewind(to: .iterations(step)) }, bench)
      let context = StageContext(folder: bench.results.stages)
      let weights: ParameterSet
      if step == 0 {
        weights = try #require(record.initialWeights)
      } else {
        let short = TrainingStage(plan.regimen, source: .fresh(draw: 0), steps: step, isMeasured: false)
        weights = try #require(try short.run(context)[parameters: "parameters"])
        // The dense training was there, too, after so many steps: the first evaluation of the ticket starts from it.
        #expect(plan.stages.contains { $0.key == short.key })
      }
      for round in plan.rounds.dropFirst() {
        let ticket = try #require(plan.training(round[.training]))
        // The same start, and no steps.
        let start = try TrainingStage(
          plan.regimen, source: ticket.source, masks: ticket.masks, firstStep: ticket.firstStep, steps: 0
        ).run(context)
        let masks = try #require(record.rounds[round.index].masks)
        let found = try #require(start[parameters: "parameters"])
        #expect(found.hasSameBits(as: masks.applied(to: weights)))
        // Its measures are the first of the round.
        let (first, last) = (try #require(record.rounds[round.index].evaluations.first), start.evaluations[0])
        #expect(first.step == 0 && last.step == 0)
        #expect(first[.testLoss].bitPattern == last[.testLoss].bitPattern)
      }
    }

    @Test func controlsDifferInOneThing() throws {
      let bench = try Bench()
      let plan = try SweepPlan(ladder { $0.granularity = .weight }) {
        Axis(\.control, Control.catalogue.all)
      }
      try bench.run(plan)
      let trials = plan.trials.suffix(3)
      let records = try trials.map { try bench.record($0, of: plan) }
      let (ticket, fresh, random) = (records[0], records[1], records[2])
      #expect(trials.map(\.trial.control) == [.none, .randomReinitialisation, .randomMask])
      #expect(ticket.initialWeights?.hasSameBits(as: try #require(fresh.initialWeights)) == true)
      for index in 1...3 {
        let masks = try #require(ticket.rounds[index].masks)
        // Other weights, the same mask.
        #expect(fresh.rounds[index].masks == masks)
        let other = try #require(fresh.rounds[index].weights)
        #expect(!other.hasSameBits(as: try #require(ticket.rounds[index].weights)))
        let draws = (0..<index).map { plan.ticket.regimen.initialParameters(draw: $0) }
        let draw = plan.ticket.regimen.initialParameters(draw: index)
        #expect(draws.allSatisfy { $0["fc1.weight"] != draw["fc1.weight"] })
        // As many survivors in every layer, elsewhere, and nested.
        let placed = try #require(random.rounds[index].masks)
        #expect(placed.map(\.mask.keptCount) == masks.map(\.mask.keptCount))
        #expect(placed != masks)
        if index > 1 { #expect(placed.isSubset(of: try #require(random.rounds[index - 1].masks))) }
        // Equally many steps, on the same batches: the series have the same steps.
        for control in [fresh, random] {
          #expect(control.rounds[index].series.steps == ticket.rounds[index].series.steps)
          #expect(control.rounds[index].row.requestedSparsity == ticket.rounds[index].row.requestedSparsity)
        }
      }
    }

    @Test func ignoredLayersAreLeftAlone() throws {
      let (_, record) = try record(ladder { $0.allocation = .global(ignoring: ["fc2"]) }, Bench())
      for round in record.rounds.dropFirst() {
        #expect(round.masks?.names == ["fc1.weight"])
        #expect(round.weights?["fc2.weight"]?.nonzeroCount == 36)
      }
      // Sparsity is of what can be pruned.
      #expect(record.rounds.last?.row.sparsity == (192.0 - 66) / 192)
    }

    @Test func aNetworkThatIsNotRetrainedIsMeasuredAsItIs() throws {
      let (_, record) = try record(Trial.tiny.with { $0.retraining = .none }, Bench())
      let (dense, pruned) = (record.rounds[0], record.rounds[1])
      let masks = try #require(pruned.masks)
      #expect(masks.keptCount == 114)
      #expect(try #require(pruned.weights).hasSameBits(as: masks.applied(to: try #require(dense.weights))))
      #expect(pruned.series.steps.isEmpty && pruned.evaluations.map(\.step) == [0])
      #expect(pruned.row[metric: .testAccuracy].isFinite && pruned.row[metric: .trainLoss].isFinite)
      #expect(pruned.row[metric: .trainingFlops] == dense.row[metric: .trainingFlops])
    }

    @Test func earlyStoppingLooksAtValidationAlone() throws {
      let (_, record) = try record(Trial.tiny, Bench())
      for round in record.rounds {
        #expect(round.evaluations.map(\.step) == [0, 10, 20, 30])
        #expect(round.series.steps == Array(1...30))
        let best = try #require(round.evaluations.min { $0[.validationLoss] < $1[.validationLoss] })
        #expect(round.row[metric: .earlyStopStep] == Double(best.step))
        #expect(round.row[metric: .earlyStopTestAccuracy] == best[.testAccuracy])
        let last = try #require(round.evaluations.last)
        #expect(
          round.row[metric: .testAccuracy] == last[.testAccuracy]
            && round.row[metric: .validationLoss] == last[.validationLoss])
        #expect(last[.trainAccuracy].isFinite && last.testClassAccuracy.count == 3)
        #expect(
          round.evaluations.dropLast().allSatisfy { $0[.trainLoss].isNaN && $0.testClassAccuracy.isEmpty })
      }
      // Twice as many steps have been made after the ticket.
      #expect(
        record.rounds[1].row[metric: .trainingFlops] == 2 * record.rounds[0].row[metric: .trainingFlops])
      #expect(record.rounds[1].row[metric: .parametersNonzero] == 228 + 15 - 114)
    }
  }
}
