import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// Controls of size: the pruned architecture drawn afresh, and narrower dense networks.
  @Suite struct SmallNetworkTests {
    private static let base = Trial.tiny.with {
      ($0.model, $0.dataset, $0.batchSize) = (.vgg16(width: 4, blocks: [1, 1]), .tinyGlyphs, 10)
      ($0.granularity, $0.training, $0.evaluation) = (.channel, .iterations(8), .iterations(4))
      ($0.schedule, $0.sparsity, $0.retraining) = (.oneShot, 0.6, .fineTune(.iterations(4)))
    }

    private func records(
      _ controls: [Control], _ trial: Trial = base
    ) throws -> [String: TrialRecord] {
      let bench = try Bench()
      let plan = try SweepPlan(trial) { Axis(\.control, controls) }
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      var records: [String: TrialRecord] = [:]
      for trial in plan.trials where trial.trial.sparsity != 0 {
        let record = try bench.record(trial, of: plan)
        #expect(record.rounds.allSatisfy { $0.invariants.fault == nil }, "\(trial.trial.control.name)")
        records[trial.trial.control.name] = record
      }
      return records
    }

    /// Kaiming's weights are drawn by the inputs that are left: √(2 / fan-in) of the small network, and not of the whole one.
    @Test func theSmallArchitectureIsDrawnByItsOwnInputs() throws {
      let trial = Self.base.with {
        $0.model = .vgg16(width: 32, blocks: [1, 1])
        $0.training = .iterations(1)
        ($0.sparsity, $0.retraining) = (0.9, .fineTune(.iterations(1)))
        ($0.optimizer, $0.learningRate) = (.sgd(), .constant(1e-9))
      }
      let records = try records([.none, .scratchE, .randomReinitialisation], trial)
      func deviation(_ control: String) throws -> (found: Double, inputs: Int) {
        let round = try #require(records[control]?.rounds.last)
        let (weight, mask) = (
          try #require(round.weights?["layers.2.conv.weight"]),
          try #require(round.masks?["layers.2.conv.weight"])
        )
        let kept = weight.scalars.indices.filter { mask.bytes[$0] != 0 }
        let inputs = (0..<32).count { place in (0..<64).contains { mask.bytes[($0 * 32 + place) * 9] != 0 } }
        let squares = kept.reduce(0.0) { $0 + Double(weight.scalars[$1]) * Double(weight.scalars[$1]) }
        return ((squares / Double(kept.count)).squareRoot(), 9 * inputs)
      }
      let (small, whole) = (try deviation("scratch-e"), try deviation("random-reinit"))
      #expect(small.inputs == whole.inputs && small.inputs < 9 * 32)
      let (bySmall, byWhole) = ((2 / Double(small.inputs)).squareRoot(), (2.0 / 288).squareRoot())
      let ratios = [small.found / bySmall, whole.found / byWhole]
      #expect(ratios.allSatisfy { (0.85...1.15).contains($0) }, "\(ratios)")
    }

    /// As many operations as the dense network would need, at most twice the steps, and never fewer than the ticket's.
    @Test func aCheaperStepIsMadeMoreOften() throws {
      let wide = Self.base.with { ($0.model, $0.sparsity) = (.vgg16(width: 16, blocks: [1, 1]), 0.85) }
      let records = try records([.none, .scratchE, .scratchB], wide)
      func steps(_ control: String) throws -> Int {
        try #require(records[control]?.rounds.last?.evaluations.last).step
      }
      let found = [try steps("scratch-e"), try steps("scratch-b")]
      #expect(found == [12, 24])
      let little = try self.records([.scratchB], Self.base.with { $0.sparsity = 0.2 })
      let made = try #require(little["scratch-b"]?.rounds.last?.evaluations.last).step
      #expect((13..<24).contains(made), "\(made)")
      // Beside the training that was pruned: what 12 dense steps would cost, less what a whole step is worth.
      let record = try #require(little["scratch-b"])
      let dense = record.rounds[0].row[metric: .trainingFlops] / 8
      let spent = try #require(record.rounds.last).row[metric: .trainingFlops] / dense - 8
      #expect(spent > 11 && spent <= 12, "\(spent)")
    }

    @Test func aNarrowerNetworkCostsAsMuch() throws {
      let trial = Self.base.with { $0.model = .vgg16(width: 16, blocks: [1, 1]) }
      let records = try records([.none, .smallDenseEqualParameters, .smallDenseEqualFLOPs], trial)
      let ticket = try #require(records["none"]?.rounds.last)
      let (parameters, flops) = (
        try #require(records["small-dense-equal-parameters"]?.rounds.last),
        try #require(records["small-dense-equal-flops"]?.rounds.last)
      )
      func number(_ round: RoundRecord, _ metric: Metric) -> Double { round.row[metric: metric] }
      // Of 32 and 16 channels one of each at most is missing or too many.
      let ratio = number(parameters, .parametersCompacted) / number(ticket, .parametersCompacted)
      #expect((0.85...1.15).contains(ratio), "\(ratio)")
      let operations = number(flops, .flopsNonzero) / number(ticket, .flopsNonzero)
      #expect((0.85...1.15).contains(operations), "\(operations)")
      for round in [parameters, flops] {
        // The first channels of both convolutions, the same share, and dense.
        let masks = try #require(round.masks)
        func kept(_ name: String) throws -> [Int] {
          let mask = try #require(masks[name])
          let length = mask.count / mask.shape[0]
          return (0..<mask.shape[0]).filter { row in
            mask.bytes[row * length..<(row + 1) * length].contains { $0 != 0 }
          }
        }
        let (first, second) = (try kept("layers.0.conv.weight"), try kept("layers.2.conv.weight"))
        #expect(first == Array(0..<first.count) && second == Array(0..<second.count))
        let apart = 2 * first.count - second.count
        #expect(apart.magnitude <= 2)
        #expect(masks["layers.2.conv.weight"]?.keptCount == 9 * first.count * second.count)
        #expect(masks["layers.0.bn.weight"]?.keptCount == first.count)
        #expect(
          number(round, .parametersCompacted) == number(round, .parametersNonzero), "nothing else is masked")
      }
    }

    @Test func whatCannotBeNarrowerIsRefused() throws {
      let text = message {
        _ = try SweepPlan(
          Trial.tiny.with { ($0.model, $0.control) = (.mlp([]), .smallDenseEqualFLOPs) })
      }
      #expect(
        text.contains("the control small-dense-equal-flops makes a network narrower, and mlp"), "\(text)")
    }
  }
}
