import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// Retrainings that go on with the moments of the training before, over a compaction too.
  @Suite struct OptimizerStateTests {
    private func trial(_ family: Int, _ granularity: Granularity, _ change: (inout Trial) -> Void) -> Trial {
      Trial.families[family].with {
        ($0.granularity, $0.control, $0.optimizerState) = (granularity, .none, .kept)
        ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.5)
        $0.retraining = .fineTune(.iterations(6))
        change(&$0)
      }
    }

    private func record(_ bench: Bench, _ trial: Trial) throws -> TrialRecord {
      let plan = try SweepPlan(trial)
      try bench.run(plan, isForced: true)
      return try bench.record(plan.ticket, of: plan)
    }

    /// The compacted network trains as the masked one does, the moments of what is left going along; without them it is another.
    @Test(arguments: [
      (0, Granularity.hiddenUnit), (2, .channel), (3, .residualBranch(coupling: Coupling(floor: 0))),
      (3, .head), (3, .embeddingWidth),
    ])
    func momentsGoOverACompaction(family: Int, granularity: Granularity) throws {
      let bench = try Bench()
      let masked = try record(bench, trial(family, granularity) { _ in })
      let compacted = try record(bench, trial(family, granularity) { $0.compaction = .afterPruning })
      let fresh = try record(bench, trial(family, granularity) { $0.optimizerState = .fresh })
      #expect([masked, compacted, fresh].allSatisfy { $0.status == .completed && $0.rounds.count == 3 })
      let round = (masked.rounds[1], compacted.rounds[1], fresh.rounds[1])
      #expect(round.0.masks == round.1.masks && round.0.masks == round.2.masks)
      #expect(round.1.row[metric: .parametersCompacted] < round.1.row[metric: .parameters])
      func distance(_ other: RoundRecord) throws -> Double {
        let (a, b) = (try #require(round.0.weights), try #require(other.weights))
        var sum = 0.0
        for (name, tensor) in a where round.0.masks?[name] != nil {
          let own = try #require(b[name])
          for (index, scalar) in tensor.scalars.enumerated() {
            let difference = Double(scalar - own.scalars[index])
            sum += difference * difference
          }
        }
        return sum.squareRoot()
      }
      let (near, far) = (try distance(round.1), try distance(round.2))
      #expect(near < 0.02 * far && far > 1e-4, "\(near), \(far)")
      #expect(!compacted.rounds.flatMap(\.invariants).contains { !$0.isHeld })
    }

    /// With nothing pruned, a training that is cut in two is the whole training, to the bit.
    @Test func aTrainingInTwoPartsIsOne() throws {
      let bench = try Bench()
      func weights(_ state: OptimizerState, _ recipe: Recipe?) throws -> ParameterSet {
        let plan = try SweepPlan(
          Trial.tiny.with {
            ($0.optimizerState, $0.recipe, $0.sparsity) = (state, recipe, recipe == nil ? 0 : nil)
            ($0.schedule, $0.retraining, $0.training) = (.none, .none, .iterations(12))
          })
        try bench.run(plan, isForced: true)
        return try #require(bench.record(plan.ticket, of: plan).rounds.last?.weights)
      }
      let whole = try weights(.fresh, nil)
      let parts = Recipe([
        .train(until: .iterations(5)), .prune(sparsity: 0), .retrain(.fineTune(.iterations(7))),
      ])
      #expect(try weights(.kept, parts) == whole)
      #expect(try weights(.fresh, parts) != whole)
    }

    @Test func itChangesNoKeyWhereItIsNotAskedFor() throws {
      let trial = Trial.tiny.with { $0.retraining = .fineTune(.iterations(3)) }
      #expect(!trial.specification.description.contains("optimizer-state"))
      let (plain, kept) = (
        try SweepPlan(trial).ticket, try SweepPlan(trial.with { $0.optimizerState = .kept }).ticket
      )
      #expect(plain.stages.count == kept.stages.count)
      #expect(Set(plain.stages.map(\.key)).isDisjoint(with: kept.stages.map(\.key)))
      #expect {
        _ = try SweepPlan(
          Trial.tiny.with {
            ($0.schedule, $0.learnedMask, $0.optimizerState) = (.none, .edgePopup(), .kept)
          })
      } throws: { "\($0)".contains("optimizer-state kept goes on with the moments") }
    }
  }
}
