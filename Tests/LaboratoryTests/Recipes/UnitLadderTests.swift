import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// Ladders of whole units: what each round comes to, and what is trained for it.
  @Suite struct UnitLadderTests {
    /// Ten hidden units of 16 weights, a fifth of what is left in every round.
    private func ladder(_ change: (inout Trial) -> Void = { _ in }) throws -> SweepPlan {
      try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.granularity, $0.allocation) = (.mlp([10]), .neuron, .layerWise(ignoring: ["fc2"]))
          ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 13), nil)
          ($0.training, $0.evaluation) = (.iterations(3), .iterations(3))
          change(&$0)
        })
    }

    /// The whole numbers nearest to 10 · 0.8^k.
    private static let units = [10, 8, 6, 5, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1]

    private func trainings(_ plan: TrialPlan) -> Int { plan.stages.count { $0 is TrainingStage } }

    @Test func everyRoundIsWithinHalfAUnitOfTheAim() throws {
      let bench = try Bench()
      let plan = try ladder()
      let report = try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.map { $0.masks?["fc1.weight"]?.keptCount ?? 160 } == Self.units.map { 16 * $0 })
      for round in record.rounds {
        let row = round.row
        #expect(abs(row.sparsity - row.requestedSparsity) <= 0.05)
        // What a ladder without rounding would have.
        #expect(abs(1 - row.requestedSparsity - Elementary.pow(0.8, Double(row.round))) < 0.01)
      }
      // One training a mask: 10, 8, 6, 5, 4, 3, 2 and 1 units.
      #expect(trainings(plan.ticket) == 8)
      let shared = record.rounds.suffix(5)
      #expect(shared.allSatisfy { $0.weights == shared.first?.weights })
      #expect(Set(record.rounds.map { $0.row[metric: .testLoss] }).count == 8)
      let note =
        "rounds 6, 8, 10, 11, 12, 13 removed nothing: what was asked for is less than half a unit of up to 16 weights away"
      #expect(report.notes == ["\(plan.ticket.name): \(note)"])
    }

    @Test func whatGoesOnIsTrainedOnAndCountsAsWell() throws {
      // Fine-tuned networks go on from each other: no two trainings are the same.
      let plan = try ladder { $0.retraining = .fineTune(.iterations(2)) }
      #expect(trainings(plan.ticket) == 14)
      let bench = try Bench()
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.map { $0.masks?["fc1.weight"]?.keptCount ?? 160 } == Self.units.map { 16 * $0 })
      #expect(record.rounds[10].row[metric: .ties] == 0)
    }

    /// Units of 16 and of 10 weights in one pool: the counts of a round are known when it is made.
    @Test func equalMasksShareTheirTrainingWhereNobodyKnewThem() throws {
      let bench = try Bench()
      let plan = try ladder { ($0.allocation, $0.schedule) = (.global, .lotteryTicket(rounds: 16)) }
      let report = try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      var (made, shared) = (0, 0)
      for (before, round) in zip(record.rounds, record.rounds.dropFirst()) where round.weights != nil {
        let key = try #require(plan.ticket.rounds[round.index][.training])
        let flops = try bench.results.stages.read(key.hexadecimal)?[numbers: "training_flops"]?.first
        if round.masks == before.masks {
          shared += 1
          #expect(flops == 0 && round.weights == before.weights && round.evaluations == before.evaluations)
        } else {
          made += 1
          #expect((flops ?? 0) > 0)
        }
      }
      #expect(shared > 0 && made > 0)
      #expect(report.notes.contains { $0.contains("removed nothing") })
    }

    @Test func controlsShareAsWell() throws {
      for control in [Control.randomMask, .randomReinitialisation] {
        let plan = try ladder { $0.control = control }
        // The dense network, tickets and controls of seven masks; the last ticket prunes nothing further.
        let controls = Set(plan.ticket.rounds.dropFirst().compactMap { $0[.training] })
        #expect(controls.count == 7, "\(control)")
      }
    }

    @Test func aRatioThatIsMissedIsSaid() throws {
      let none = Allocation("half-hearted", version: 1) { layers, _ in
        .layers(layers.map { $0.survivors - $0.count / 8 })
      }
      let bench = try Bench()
      let plan = try SweepPlan(Trial.tiny.with { ($0.allocation, $0.training) = (none, .iterations(2)) })
      let report = try bench.run(plan)
      #expect(report.notes.count == 1)
      let note = try #require(report.notes.first)
      #expect(
        note.contains("a sparsity of 50.0 % was asked for in round 1 and 12.28 % came of it")
          && note.contains("allocation half-hearted and granularity weight miss it by more than half a unit"))

      // Four layers of four units: 0.09 · 4 is less than half a unit in each, and more in all.
      let units = try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.granularity, $0.allocation) = (
            .mlp([4, 4, 4, 4]), .neuron, .layerWise(ignoring: ["fc5"])
          )
          ($0.sparsity, $0.training) = (0.09, .iterations(2))
        })
      let missed = try bench.run(units).notes
      #expect(missed.contains { $0.contains("9.0 % was asked for in round 1 and 0.0 % came of it") })
      // Within half a unit nothing is said.
      let exact = try SweepPlan(Trial.tiny.with { $0.training = .iterations(2) })
      #expect(try bench.run(exact).notes == [])
    }
  }
}
