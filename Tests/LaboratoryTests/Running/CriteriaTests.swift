import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTestSupport
import Testing

extension Running {
  /// Every criterion of the catalogue in a sweep, end to end.
  @Suite struct CriteriaTests {
    /// The settings to try for a criterion, simplest first: single weights, neurons, neurons with batch normalisation, heads.
    private static var settings: [Trial] {
      let small = Trial.tiny.with {
        ($0.training, $0.evaluation, $0.batchSize) = (.iterations(6), .iterations(3), 10)
        ($0.schedule, $0.sparsity, $0.scoringBatch) = (.oneShot, 0.5, 10)
      }
      let images = small.with {
        ($0.model, $0.dataset) = (.resnet([3, 4], blocks: 1), .tinyGlyphs)
        ($0.granularity, $0.allocation) = (.neuron, .global(ignoring: ["fc"]))
      }
      let tokens = small.with {
        ($0.model, $0.dataset) = (.encoder(width: 8, heads: 2, layers: 1), .tinySentences)
        $0.granularity = .head
      }
      // What grows with the number of inputs would empty the output layer.
      let neurons = small.with { ($0.granularity, $0.allocation) = (.neuron, .global(ignoring: ["fc2"])) }
      let layers = small.with { $0.allocation = .layerWise }
      return [small, neurons, images, tokens, layers]
    }

    private static func plan(_ criterion: Criterion) throws -> SweepPlan {
      var refusal: (any Error)?
      for setting in settings {
        do { return try SweepPlan(setting.with { $0.criterion = criterion }) } catch { refusal = error }
      }
      throw try #require(refusal)
    }

    @Test(
      arguments: Criteria.all + [
        .synflow(rounds: 5), .snip(rounds: 3), .grasp(temperature: 1),
        .magnitude(norm: .l2, normalised: true),
      ])
    func everyCriterionPrunes(criterion: Criterion) throws {
      let plan = try Self.plan(criterion)
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      let last = try #require(try bench.record(plan.ticket, of: plan).rounds.last)
      #expect(abs(last.row.sparsity - 0.5) < 0.2 && last.row.sparsity > 0)
      #expect(last.row[metric: .testAccuracy].isFinite)
      // Threads change no bit.
      let other = try Bench()
      try other.run(plan, threads: 3)
      #expect(try other.digests(plan) == bench.digests(plan))
    }

    /// What a model cannot give is refused while it is planned, with what would be possible.
    @Test func whatAModelCannotGiveIsRefused() throws {
      let neurons = Self.settings[1]
      func problem(_ trial: Trial) -> String { message { _ = try SweepPlan(trial) } }
      #expect(
        problem(neurons.with { $0.criterion = .networkSlimming }).contains(
          "the model has no batch normalisation behind a prunable layer"))
      #expect(
        problem(Self.settings[2].with { ($0.criterion, $0.allocation) = (.networkSlimming, .global) })
          .contains(
            "no batch normalisation stands behind fc.weight; let the allocation ignore what has none, as global(ignoring: "
              + "[fc.weight])"))
      #expect(
        problem(neurons.with { $0.criterion = .headImportance }).contains("the model has no attention heads"))
      let flow = problem(Self.settings[3].with { ($0.criterion, $0.granularity) = (.synflow, .weight) })
      #expect(flow.contains("through which no synaptic flow goes; use a model of linear layers"), "\(flow)")
    }

    /// In rounds no layer is emptied that all paths go through. (A branch beside a shortcut may be.)
    @Test func flowInRoundsKeepsEveryLayer() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.settings[0].with {
          ($0.model, $0.dataset) = (.lenet([2, 3], hidden: 8), .tinyGlyphs)
          ($0.criterion, $0.sparsity) = (.synflow(rounds: 30), 0.95)
        })
      try bench.run(plan)
      let last = try #require(try bench.record(plan.ticket, of: plan).rounds.last)
      #expect(last.row[metric: .emptiedLayers] == 0)
      #expect(try #require(last.masks).allSatisfy { $0.mask.keptCount > 0 })
    }
  }
}
