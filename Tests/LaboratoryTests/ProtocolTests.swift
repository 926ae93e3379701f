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
        Axis(\.control, [.none, .randomReinitialisation, .randomMask])
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
        let draws = try (0..<index).map { try plan.ticket.regimen.initialParameters(draw: $0) }
        let draw = try plan.ticket.regimen.initialParameters(draw: index)
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

    /// What a step of the tiny perceptron costs under masks: two a multiply-add for the forward pass, the gradients of both weights and
    /// that of the hidden units, and 13 (Adam) or 6 (SGD) for each weight that is moved. The rest is as in the dense network.
    private func stepFlops(_ plan: TrialPlan, _ masks: MaskSet?) throws -> Double {
      let regimen = plan.regimen
      let update = regimen.optimizer.name == "sgd" ? 6 : 13
      func weights(_ all: Int, _ last: Int) -> Int {
        2 * regimen.batchSize * (2 * all + last) + update * all
      }
      let dense = try regimen.model.trainingGraph(
        batch: regimen.batchSize, optimizer: regimen.optimizer, masked: []
      ).flops
      guard let masks else { return Double(dense) }
      let last = masks["fc2.weight"]?.keptCount ?? 36
      return Double(dense - weights(228, 36) + weights(masks.keptCount, last))
    }

    @Test(arguments: [nil, 5] as [Int?]) func trainingCostsWhatWasComputed(step: Int?) throws {
      let (plan, record) = try record(
        ladder {
          $0.granularity = .weight
          if let step { $0.retraining = .rewind(to: .iterations(step)) }
        }, Bench())
      let dense = try stepFlops(plan, nil)
      var (expected, steps) = (0.0, 0)
      for round in record.rounds {
        let made = round.index == 0 ? 30 : 30 - (step ?? 0)
        expected += try Double(made) * stepFlops(plan, round.index == 0 ? nil : round.masks)
        steps += made
        #expect(round.row[metric: .trainingFlops] == expected)
        #expect(round.row[metric: .trainingFlopsDense] == Double(steps) * dense)
      }
    }

    @Test func stepsThatWereNeverMadeCostNothing() throws {
      // Diverged with the second step, of 30.
      let (plan, diverged) = try record(
        ladder { ($0.optimizer, $0.learningRate) = (.sgd(), .constant(1e30)) }, Bench())
      let step = try stepFlops(plan, nil)
      let made = try #require(diverged.rounds[0].series.steps.last)
      #expect(diverged.status == .diverged && made < 5)
      #expect(diverged.rounds[0].row[metric: .trainingFlops] == Double(made) * step)
      // Collapsed at the first pruning, after the dense training.
      let emptying = Allocation("emptying", version: 1) { layers, _ in .layers(layers.map { _ in 0 }) }
      let (other, collapsed) = try record(
        ladder { ($0.allocation, $0.retraining) = (emptying, .rewind(to: .iterations(7))) }, Bench())
      let dense = 30 * (try stepFlops(other, nil))
      #expect(collapsed.status == .collapsed)
      #expect(collapsed.rounds.map { $0.row[metric: .trainingFlops] } == [dense, dense])
    }

    /// Under moving masks every step costs what survives at its time.
    @Test func movingMasksCostWhatSurvivesAtTheTime() throws {
      let (plan, record) = try record(
        Trial.tiny.with {
          ($0.schedule, $0.granularity, $0.dynamics) = (
            .none, .weight, .gradual(to: .share(1), every: .iterations(5))
          )
        }, Bench())
      let (dense, end) = (
        try stepFlops(plan, nil), try stepFlops(plan, record.rounds[0].masks)
      )
      let sparsities = try #require(record.rounds[0].series["sparsity"])
      #expect(sparsities.count == 30)
      let expected = sparsities.reduce(0.0) { $0 + dense - (dense - end) * Double($1) / 0.5 }
      let found = record.rounds[0].row[metric: .trainingFlops]
      #expect(abs(found - expected) < 0.02 * expected && found < 0.95 * 30 * dense)
      #expect(record.rounds[0].row[metric: .trainingFlopsDense] == 30 * dense)
    }

    /// Filters go with everything that is theirs: biases, scale and shift of a normalisation and its running statistics.
    @Test(
      arguments: [(.lenet([6, 8], hidden: 10), "fc2"), (.resnet([4, 6], blocks: 1), "fc")]
        as [(Model, String)])
    func whatBelongsToAFilterGoesWithIt(model: Model, last: String) throws {
      let (plan, record) = try record(
        Trial.tiny.with {
          ($0.model, $0.dataset, $0.granularity) = (model, .tinyGlyphs, .filter)
          ($0.schedule, $0.retraining) = (.iterative(rounds: 2), .fineTune(.iterations(6)))
          ($0.training, $0.batchSize, $0.allocation) = (
            .iterations(6), 10, .layerWise(ignoring: [last])
          )
          $0.optimizer = .adamW(weightDecay: 0.1)
        }, Bench())
      let states = try plan.regimen.model.forward(batch: 1, isTraining: false).vectorsOfStates
      for round in record.rounds.dropFirst() {
        let (weights, masks) = (try #require(round.weights), try #require(round.masks))
        // Weights alone are counted.
        #expect(masks.count == masks.filter { $0.mask.shape.rank > 1 }.reduce(0) { $0 + $1.mask.count })
        #expect(round.row.sparsity == masks.counted.sparsity)
        var removed = 0
        for (name, mask) in masks where mask.shape.rank > 1 {
          let size = mask.count / mask.shape[0]
          let owned = try plan.regimen.model.forward(batch: 1, isTraining: false).companions(of: name)
          let vectors = owned + states.filter { !Set($0.value).isDisjoint(with: owned) }.keys.sorted()
          #expect(!vectors.isEmpty)
          for row in 0..<mask.shape[0] {
            guard mask.bytes[(row * size)..<((row + 1) * size)].allSatisfy({ $0 == 0 }) else { continue }
            removed += 1
            for vector in vectors {
              #expect(try #require(weights[vector]).scalars[row].bitPattern == 0, "\(vector) \(row)")
            }
          }
          for vector in vectors {
            #expect(try #require(weights[vector]).scalars.contains { $0 != 0 }, "\(vector) of what is left")
          }
        }
        #expect(removed > 0)
      }
    }

    @Test func earlyStoppingLooksAtValidationAlone() throws {
      let (plan, record) = try record(Trial.tiny, Bench())
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
      // Twice as many steps have been made after the ticket, the second half of them by its survivors.
      let (dense, pruned) = (record.rounds[0].row, record.rounds[1].row)
      #expect(dense[metric: .trainingFlops] == dense[metric: .trainingFlopsDense])
      #expect(pruned[metric: .trainingFlopsDense] == 2 * dense[metric: .trainingFlopsDense])
      let ticket = try stepFlops(plan, record.rounds[1].masks) * 30
      #expect(pruned[metric: .trainingFlops] - dense[metric: .trainingFlops] == ticket)
      #expect(record.rounds[1].row[metric: .parametersNonzero] == 228 + 15 - 114)
    }
  }
}
