import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// Copies of networks that see their data in other orders.
  @Suite struct DataOrderSweepTests {
    private static let ladder = Trial.tiny.with {
      ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil)
      $0.retraining = .rewind(to: .iterations(12))
    }

    private func plan(_ base: Trial, _ orders: [DataOrder]) throws -> SweepPlan {
      try SweepPlan(base) { Axis(\.dataOrder, orders) }
    }

    private func records(_ bench: Bench, _ plan: SweepPlan) throws -> [TrialRecord] {
      try bench.run(plan, isForced: true)
      return try plan.trials.map { try bench.record($0, of: plan) }
    }

    @Test func itChangesNoKeyWhereItIsNotAskedFor() throws {
      #expect(!Trial.tiny.specification.description.contains("data-order"))
      let stages = { (orders: [DataOrder]) in
        Set(try self.plan(Self.ladder, orders).stages.filter { $0 is TrainingStage }.map(\.key))
      }
      let (own, both) = (try stages([.own]), try stages([.own, 1]))
      #expect(own.isSubset(of: both) && own != both)
    }

    /// Copies share the masks of the ticket and nothing of what follows; the order of the seed gives what it gave before.
    @Test func copiesHaveTheMasksOfOneTicket() throws {
      let bench = try Bench()
      let alone = try records(try Bench(), try SweepPlan(Self.ladder))
      let start = Budget.iterations(12)
      let plan = try self.plan(Self.ladder, [.own, DataOrder(1, from: start), DataOrder(2, from: start)])
      let all = try records(bench, plan)
      #expect(all.allSatisfy { $0.status == .completed })
      let tickets = zip(plan.trials, all).filter { !$0.0.name.hasPrefix("dense") }.map(\.1)
      #expect(tickets.count == 3)
      let ticket = try #require(alone.last)
      #expect(
        zip(tickets[0].rounds, ticket.rounds).allSatisfy { $0.weights == $1.weights && $0.masks == $1.masks })
      for round in 0...2 {
        let rounds = tickets.map { $0.rounds[round] }
        #expect(Set(rounds.map(\.masks)).count == 1)
        #expect(Set(rounds.map(\.weights)).count == 3)
        #expect(
          rounds.allSatisfy { $0.invariants.allSatisfy(\.isHeld) && !$0.invariants.isEmpty || round == 0 })
      }
      // The first 12 steps are made once: as a network that tickets go back to, and with the moments that copies of the dense one go on with.
      let beginnings = plan.stages.compactMap { $0 as? TrainingStage }.filter { !$0.isMeasured }
      #expect(Set(beginnings.map(\.key)).count == 2 && beginnings.allSatisfy { $0.steps == 12 })
    }

    /// A copy is what a trainer gives whose batches change at the step, by hand.
    @Test(arguments: [0, 12]) func aCopyIsTheTrainingWithOtherBatches(start: Int) throws {
      let bench = try Bench()
      let dense = Trial.tiny.with { ($0.schedule, $0.retraining, $0.sparsity) = (.none, .none, 0) }
      let order = DataOrder(3, from: .iterations(start))
      let plan = try self.plan(dense, [order])
      let record = try #require(try records(bench, plan).last)
      let regimen = plan.trials[0].regimen
      let trainer = try Trainer(
        regimen.model,
        TrainingState(
          parameters: regimen.initialParameters(draw: 0), buffers: regimen.model.initialBuffers), masks: nil,
        optimizer: regimen.optimizer, batch: regimen.batchSize, seed: 0)
      var batches = try [UInt64(0), 3 << 40].map { seed in
        try Batches(
          regimen.data.split.training, of: regimen.data.dataset, batchSize: regimen.batchSize, seed: seed)
      }
      for step in 0..<30 {
        try trainer.fillBatch { batches[step < start ? 0 : 1].fill(step, $0, $1) }
        _ = trainer.run(learningRate: 0.005)
      }
      #expect(record.rounds.last?.weights == trainer.parameters)
      #expect(record.rounds.last?.evaluations.last?.step == 30 - start)
    }

    /// What the whole training leaves on its way is what is made where it is not there.
    @Test func theSharedStepsAreEqualHoweverTheyAreMade() throws {
      let order = DataOrder(1, from: .iterations(12))
      for family in [0, 2, 4] {
        let base = Trial.families[family].with {
          ($0.training, $0.control) = (.iterations(20), .none)
          $0.retraining = .rewind(to: .iterations(4))
        }
        let (apart, together) = (try Bench(), try Bench())
        let one = try records(apart, try self.plan(base, [order]))
        let both = try records(together, try self.plan(base, [.own, order]))
        #expect(one.last?.rounds.last?.weights == both.last?.rounds.last?.weights)
        #expect(one.last?.rounds.count == 3)
      }
    }

    @Test func whatCannotBeCopiedIsRefused() {
      func problem(_ order: DataOrder, _ change: (inout Trial) -> Void) -> String {
        message {
          _ = try SweepPlan(
            Trial.tiny.with {
              $0.dataOrder = order
              change(&$0)
            })
        }
      }
      #expect(
        problem(DataOrder(1, from: .iterations(30))) { _ in }
          .hasSuffix(
            "data-order 1@30it begins at step 30, and the dense training ends after 30: choose an earlier step"
          ))
      #expect(
        problem(2) { $0.retraining = .none }
          .hasSuffix(
            "data-order 2 trains a copy of every network that is measured, and that of round 1 is not trained by itself: set "
              + "data-order=0, or a retraining that makes steps"))
      let moving = problem(DataOrder(2, from: .iterations(5))) {
        ($0.schedule, $0.retraining) = (.none, .none)
        $0.dynamics = .gradual(from: .iterations(2), to: .iterations(20), every: .iterations(2))
      }
      #expect(
        moving.hasSuffix(
          "data-order 2@5it begins inside a training whose masks move, which is made in one piece: set data-order=2"
        ))
      #expect(
        problem(2) {
          ($0.schedule, $0.retraining) = (.none, .none)
          $0.dynamics = .gradual(from: .iterations(2), to: .iterations(20), every: .iterations(2))
        }.isEmpty)
    }
  }
}
