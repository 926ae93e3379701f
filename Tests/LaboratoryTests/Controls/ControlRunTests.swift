import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// Every control, run: on a ladder, behind a pruning at initialisation, and in place of a dynamics.
  @Suite struct ControlRunTests {
    private func records(_ trial: Trial) throws -> [String: TrialRecord] {
      let bench = try Bench()
      let plan = try SweepPlan(trial) { Axis(\.control, Control.trained) }
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      var records: [String: TrialRecord] = [:]
      for trial in plan.trials where trial.trial.sparsity != 0 {
        records[trial.trial.control.name] = try bench.record(trial, of: plan)
      }
      #expect(records.count == Control.trained.count)
      return records
    }

    private func expectControls(_ records: [String: TrialRecord], rounds: Int) throws {
      let ticket = try #require(records["none"])
      for (name, record) in records {
        #expect(record.status == .completed, "\(name)")
        #expect(record.rounds.map(\.index) == ticket.rounds.map(\.index), "\(name)")
        for (round, own) in zip(record.rounds, ticket.rounds) where own.index > 0 {
          let place = "\(name), round \(round.index)"
          // Each its own network, trained as long.
          if name != "none" {
            #expect(round.weights?.hasSameBits(as: try #require(own.weights)) == false, "\(place)")
            #expect(round.invariants.contains(InvariantRecord("control-steps")), "\(place)")
          }
          #expect(round.invariants.fault == nil, "\(place)")
          #expect(round.row.requestedSparsity == own.row.requestedSparsity, "\(place)")
          if !name.hasPrefix("small-dense") {
            #expect(round.row.sparsity == (name == "dense-equal-budget" ? 0 : own.row.sparsity), "\(place)")
          }
          let masks = try #require(own.masks)
          switch name {
          case "random-mask", "shuffled-mask":
            #expect(round.masks != masks, "\(place)")
            #expect(round.masks?.map(\.mask.keptCount) == masks.map(\.mask.keptCount), "\(place)")
          case "random-mask-total":
            #expect(round.masks != masks && round.masks?.keptCount == masks.keptCount, "\(place)")
          case "small-dense-equal-parameters", "small-dense-equal-flops":
            // Some of both is masked, and the whole of what is left is dense.
            let (few, many) = (try #require(round.masks).counted, masks.counted)
            #expect(few.keptCount < few.count && many.keptCount < many.count, "\(place)")
          case "dense-equal-budget": #expect(round.masks?.isEmpty == true, "\(place)")
          case "frozen-pruned":
            #expect(round.masks?.sparsity == 0 && round.trainedMasks == masks, "\(place)")
            for (parameter, mask) in masks {
              let weight = try #require(round.weights?[parameter]).scalars
              let initial = try #require(record.initialWeights?[parameter]).scalars
              for element in mask.bytes.indices where mask.bytes[element] == 0 {
                #expect(weight[element].bitPattern == initial[element].bitPattern, "\(place)")
              }
            }
            // What is computed is computed by all weights.
            #expect(round.row[metric: .parametersNonzero] == round.row[metric: .parameters])
          default: #expect(round.masks == masks, "\(place)")
          }
        }
      }
    }

    @Test(arguments: [Retraining.rewind(to: .iterations(5)), .fineTune(.iterations(8))])
    func onALadder(retraining: Retraining) throws {
      let records = try records(
        Trial.tiny.with {
          ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil)
          $0.retraining = retraining
        })
      try expectControls(records, rounds: 2)
    }

    @Test func behindAPruningAtInitialisation() throws {
      let records = try records(
        Trial.tiny.with { ($0.schedule, $0.criterion) = (.atInitialisation(rounds: 2), .synflow) })
      try expectControls(records, rounds: 1)
    }

    @Test func inPlaceOfADynamics() throws {
      let records = try records(
        Trial.tiny.with {
          ($0.schedule, $0.dynamics) = (.none, .gradual(to: .iterations(20), every: .iterations(5)))
        })
      try expectControls(records, rounds: 1)
      // Trained from the first step on under the masks that the dynamics came to.
      let (ticket, control) = (
        try #require(records["none"]?.rounds[0]), try #require(records["random-reinit"]?.rounds[0])
      )
      #expect(control.masks == ticket.masks && control.evaluations.map(\.step) == [0, 10, 20, 30])
    }

    /// Filters with their companions, by batch normalisation and shortcuts.
    @Test func ofWholeFilters() throws {
      let records = try records(
        Trial.tiny.with {
          ($0.model, $0.dataset) = (.resnet([4, 6], blocks: 1), .tinyGlyphs)
          ($0.granularity, $0.allocation) = (.filter, .layerWise(ignoring: ["fc"]))
          ($0.training, $0.evaluation, $0.batchSize) = (.iterations(6), .iterations(3), 10)
        })
      #expect(records.values.allSatisfy { $0.status == .completed })
      for (name, record) in records where name != "dense-equal-budget" {
        let last = try #require(record.rounds.last)
        #expect(last.invariants.fault == nil && !last.invariants.isEmpty, "\(name)")
        // A narrower network has no column either that reads what is gone.
        let most = name.hasPrefix("small-dense") ? 0.9 : 0.7
        #expect(last.row.sparsity > 0.3 && last.row.sparsity < most, "\(name)")
      }
    }

    @Test func untrainedIsTheMaskOnInitialWeights() throws {
      let bench = try Bench()
      let trial = Trial.tiny.with {
        ($0.schedule, $0.sparsity, $0.retraining) = (.oneShot, 0.5, .rewind(to: .iterations(0)))
      }
      let plan = try SweepPlan(trial) { Axis(\.control, [.none, .untrained]) }
      #expect(try bench.run(plan).failures.isEmpty)
      let ticket = try #require(plan.trials.first { $0.trial.control == .none && $0.trial.sparsity == 0.5 })
      let control = try #require(plan.trials.first { $0.trial.control == .untrained })
      let record = try bench.record(control, of: plan)
      let (initial, round) = (try #require(record.initialWeights), record.rounds[1])
      let (weights, masks) = (try #require(round.weights), try #require(round.masks))
      #expect(masks == (try bench.record(ticket, of: plan).rounds[1].masks))
      #expect(round.evaluations.count == 1 && round.evaluations[0].step == 0 && round.invariants.fault == nil)
      for (name, tensor) in initial { #expect(weights[name] == masks[name]?.applied(to: tensor) ?? tensor) }
    }

    @Test func recalibratedOnlyMovesStatisticsAlone() throws {
      let bench = try Bench()
      let trial = Trial.tiny.with {
        ($0.model, $0.dataset, $0.batchSize) = (.resnet([3], blocks: 1), .tinyGlyphs, 10)
        ($0.training, $0.scoringBatch) = (.iterations(4), 20)
        ($0.allocation, $0.granularity, $0.schedule) = (.layerWise, .weight, .oneShot)
        ($0.sparsity, $0.retraining) = (0.5, .fineTune(.iterations(3)))
      }
      let plan = try SweepPlan(trial) { Axis(\.control, [.none, .recalibratedOnly]) }
      #expect(try bench.run(plan).failures.isEmpty)
      let control = try #require(plan.trials.first { $0.trial.control == .recalibratedOnly })
      let rounds = try bench.record(control, of: plan).rounds
      let (dense, pruned) = (try #require(rounds[0].weights), try #require(rounds[1].weights))
      let masks = try #require(rounds[1].masks)
      #expect(rounds[1].evaluations.count == 1 && rounds[1].invariants.fault == nil)
      for (name, tensor) in dense {
        if name.contains("running") {
          #expect(pruned[name] != tensor, "\(name)")
        } else {
          #expect(pruned[name] == masks[name]?.applied(to: tensor) ?? tensor, "\(name)")
        }
      }
      let without = trial.with { ($0.model, $0.control) = (.mlp([4]), .recalibratedOnly) }
      let refusal = message { _ = try TrialPlan(without, Bench.library) }
      #expect(
        refusal.contains(
          "the control recalibrated-only measures running statistics anew, and mlp(widths: [4], initializer: glorot-normal) has no "
            + "batch normalisation; choose another control, or a model with one"), "\(refusal)")
      let moving = trial.with {
        ($0.control, $0.schedule, $0.retraining) = (.recalibratedOnly, .none, .none)
        $0.dynamics = .gradual(every: .iterations(1))
      }
      let movement = message { _ = try TrialPlan(moving, Bench.library) }
      #expect(movement.contains("recalibrated-only"), "\(movement)")
    }
  }
}
