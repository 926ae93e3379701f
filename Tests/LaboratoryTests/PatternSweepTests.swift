import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// Every pattern and allocation in one tiny sweep, end to end; and what is refused before anything is trained.
  @Suite struct PatternSweepTests {
    /// Convolutions of 1 and 4 input channels, linear layers of 64 and 8 inputs.
    private static let convolutional = Trial.tiny.with {
      ($0.model, $0.dataset) = (.lenet([4, 4], hidden: 8), .tinyGlyphs)
      ($0.training, $0.evaluation, $0.batchSize) = (.iterations(12), .iterations(6), 10)
      // In one pool a small network may lose all of a layer.
      $0.allocation = .layerWise
    }

    private func records(_ trials: [Trial]) throws -> [(Trial, TrialRecord)] {
      try trials.map { trial in
        let (bench, plan) = (try Bench(), try SweepPlan(trial))
        let report = try bench.run(plan)
        #expect(report.failures.isEmpty)
        return (trial, try bench.record(plan.ticket, of: plan))
      }
    }

    @Test func patternsHaveTheirCounts() throws {
      let granularities: [Granularity] = [
        .block(rows: 2, columns: 3), .oneByN(outputs: 2), .nOfM(keep: 2, of: 4, uneven: .dense),
        .nOfM(keep: 2, of: 4, uneven: .dense, permuted: true), .nOfM(keep: 1, of: 2, uneven: .dense),
      ]
      let trials = granularities.map { granularity in Self.convolutional.with { $0.granularity = granularity }
      }
      for (trial, record) in try records(trials) {
        let round = try #require(record.rounds.last)
        let masks = try #require(round.masks)
        #expect(round.row.status == .completed, "\(trial.granularity)")
        let count = masks.counted.reduce(0) { $0 + $1.mask.count }
        guard trial.granularity.name == "n-of-m" else {
          #expect(abs(masks.keptCount - count / 2) <= 25, "\(trial.granularity)")
          continue
        }
        // The first convolution has one input channel: it is dense and counts nowhere.
        #expect(masks["conv1.weight"] == nil && round.row.sparsity == 0.5)
        for (_, mask) in masks.counted { #expect(2 * mask.keptCount == mask.count) }
        let weights = try #require(round.weights?["conv1.weight"])
        #expect(weights.scalars.allSatisfy { $0 != 0 })
      }
    }

    /// Criteria that move survivors keep the pattern too, of linear layers and of convolutions.
    @Test(arguments: [Criterion.sparseGPT(), .woodFisher()])
    func survivorsThatMoveKeepThePattern(criterion: Criterion) throws {
      let trial = Self.convolutional.with {
        ($0.criterion, $0.granularity) = (criterion, .nOfM(keep: 2, of: 4, uneven: .dense))
        ($0.retraining, $0.scoringBatch) = (.none, 10)
      }
      for (_, record) in try records([trial]) {
        let round = try #require(record.rounds.last)
        let masks = try #require(round.masks)
        #expect(round.row.status == .completed && round.row.sparsity == 0.5)
        for (name, mask) in masks.counted {
          let (channels, area) = (mask.shape[1], mask.shape.axes.dropFirst(2).reduce(1, *))
          for row in 0..<mask.shape[0] {
            for first in stride(from: 0, to: channels, by: 4) {
              for place in 0..<area {
                let kept = (first..<(first + 4)).count {
                  mask.bytes[(row * channels + $0) * area + place] == 1
                }
                #expect(kept == 2, "\(name)")
              }
            }
          }
        }
      }
    }

    @Test func theOrderOfChannelsIsRecordedAndNothingElseMoves() throws {
      let trial = Self.convolutional.with {
        $0.granularity = .nOfM(keep: 2, of: 4, uneven: .dense, permuted: true)
      }
      let (bench, plan) = (try Bench(), try SweepPlan(trial))
      try bench.run(plan)
      let stage = try #require(plan.stages.first { $0 is PruningStage })
      let record = try #require(try bench.results.stages.read(stage.key.hexadecimal))
      let masks = try #require(record[masks: "masks"])
      let orders = try #require(record[parameters: "channel_orders"])
      #expect(orders.names == masks.counted.names)
      // The trial's file has them too.
      #expect(try bench.record(plan.ticket, of: plan).rounds.last?.channelOrders == orders)
      for (name, order) in orders {
        let mask = try #require(masks[name])
        let (channels, area) = (mask.shape[1], mask.shape.axes.dropFirst(2).reduce(1, *))
        let places = order.scalars.map { Int($0) }
        #expect(places.sorted() == Array(0..<channels))
        for row in 0..<mask.shape[0] {
          for first in stride(from: 0, to: channels, by: 4) {
            for place in 0..<area {
              let kept = places[first..<(first + 4)].count {
                mask.bytes[(row * channels + $0) * area + place] == 1
              }
              #expect(kept == 2)
            }
          }
        }
      }
    }

    @Test func layersLeftDenseAreNamedBeforeTheRun() throws {
      let trial = Self.convolutional.with { $0.granularity = .nOfM(keep: 2, of: 4, uneven: .dense) }
      let plan = try SweepPlan(trial)
      #expect(
        plan.remarks == [
          "conv1.weight of \(trial.model.specification) stays dense, because its input channels do not divide for "
            + "n-of-m(keep: 2, of: 4, uneven: dense), and counts in no sparsity: 1 trial"
        ])
    }

    @Test func whatContradictsAPatternIsRefusedBefore() throws {
      let pattern = Self.convolutional.with { $0.granularity = .nOfM(keep: 2, of: 4, uneven: .dense) }
      func refusal(_ change: (inout Trial) -> Void) -> String {
        do {
          _ = try SweepPlan(pattern.with(change))
          return "nothing"
        } catch { return "\(error)" }
      }
      #expect(refusal { _ in } == "nothing")
      #expect(refusal { $0.sparsity = 0.9 }.contains("a sparsity of 0.5"))
      #expect(refusal { $0.allocation = .erdosRenyi }.contains("a sparsity of 0.5"))
      #expect(refusal { $0.allocation = .lamp }.contains("use global, layer-wise or row-wise"))
      #expect(refusal { $0.schedule = .iterative(rounds: 3) }.contains("at one stroke"))
      #expect(
        refusal { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2), nil) }.contains("at one stroke"))
      #expect(refusal { $0.granularity = .nOfM }.contains("conv1.weight of shape [4, 1, 5, 5] has 1"))
      #expect(
        refusal {
          ($0.schedule, $0.dynamics) = (.none, .gradual(every: .iterations(2)))
          $0.retraining = .none
        }.contains("at one stroke"))
      // Solvers that cannot keep a pattern, or not in permuted channels.
      #expect(
        refusal { ($0.criterion, $0.allocation) = (.chita(), .layerWise) }.contains(
          "such as sparse-gpt or wood-fisher"))
      #expect(
        refusal {
          $0.criterion = .sparseGPT()
          $0.granularity = .nOfM(keep: 2, of: 4, uneven: .dense, permuted: true)
        }.contains("use permuted: false"))
      #expect(refusal { $0.criterion = .sparseGPT() } == "nothing")
      // Floors that hold more than shall survive.
      #expect(
        refusal { ($0.granularity, $0.allocation) = (.weight, .global(floor: .density(0.7))) }
          .contains("at most a sparsity of 0."))
    }

    @Test func allocationsThatAskTheNetworkReachTheSparsityExactly() throws {
      let allocations: [Allocation] = [
        .lamp, .owl(multiple: 2, spread: 0.1, floor: .count(6)), .sensitivity, .global(floor: .count(3)),
        .lamp(floor: .count(8)),
      ]
      let trials = allocations.map { allocation in
        Trial.tiny.with {
          ($0.allocation, $0.sparsity, $0.schedule) = (allocation, 0.9, .iterative(rounds: 2))
        }
      }
      for (trial, record) in try records(trials) {
        let masks = try #require(record.rounds.last?.masks)
        #expect(masks.keptCount == 228 - 205, "\(trial.allocation)")
        #expect(record.rounds.count == 3)
        #expect(masks.isSubset(of: try #require(record.rounds[1].masks)))
      }
    }

    @Test func theyWorkInADynamicsAndWithUnits() throws {
      let trials: [Trial] = [
        Trial.tiny.with {
          ($0.allocation, $0.schedule, $0.retraining) = (.sensitivity, .none, .none)
          $0.dynamics = .gradual(every: .iterations(5))
        },
        Trial.tiny.with {
          ($0.allocation, $0.criterion, $0.schedule, $0.retraining) = (.owl, .wanda, .none, .none)
          $0.dynamics = .gradual(every: .iterations(5))
        },
        Self.convolutional.with { ($0.allocation, $0.granularity) = (.lamp, .block(rows: 2, columns: 2)) },
        Self.convolutional.with {
          ($0.allocation, $0.granularity) = (.sensitivity(ignoring: ["fc2"]), .neuron)
        },
      ]
      for (trial, record) in try records(trials) {
        let row = try #require(record.rounds.last).row
        #expect(row.status == .completed, "\(trial.allocation)")
        #expect(abs(row.sparsity - 0.5) < (trial.granularity == .weight ? 1e-9 : 0.1))
      }
    }

    /// A floor that acts is told of by the stage of the pruning.
    @Test func aFloorThatActsIsReported() throws {
      func metadata(_ allocation: Allocation, notes: Int = 0) throws -> String {
        let words = "the floor of allocation \(allocation.name) held fc"
        let (bench, plan) = (
          try Bench(), try SweepPlan(Trial.tiny.with { ($0.allocation, $0.sparsity) = (allocation, 0.9) })
        )
        let report = try bench.run(plan)
        #expect(report.notes.count { $0.contains(words) } == notes)
        let stage = try #require(plan.stages.first { $0 is PruningStage })
        return try #require(try bench.results.stages.read(stage.key.hexadecimal)).metadata
      }
      #expect(try metadata(.global) == "{}")
      #expect(try metadata(.global(floor: .count(1))) == "{}")
      #expect(try metadata(.global(floor: .count(11)), notes: 1).contains("weight"))
      #expect(try metadata(.layerWise(floor: .count(1))) == "{}")
      #expect(try metadata(.layerWise(floor: .count(6)), notes: 1).contains("fc2.weight"))
    }
  }
}
