import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import Testing

extension Running {
  /// Criteria in networks with shortcuts, normalisations and attention.
  @Suite struct CriterionSweepTests {
    /// Criteria of activations score units.
    private static func granularity(of criterion: Criterion) -> Granularity {
      ["mean-activation", "apoz", "dead-neurons", "relevance"].contains(criterion.name) ? .neuron : .weight
    }

    /// Shortcuts and normalisations are no hindrance; what a network cannot give is said before anything is trained.
    @Test func residualNetworksAndTransformers() throws {
      func plan(
        _ criterion: Criterion, _ model: Model, _ dataset: DatasetSource, ignoring: [String] = []
      ) throws -> SweepPlan {
        try SweepPlan(
          Trial.tiny.with {
            ($0.model, $0.dataset, $0.criterion) = (model, dataset, criterion)
            ($0.granularity, $0.allocation) = (
              Self.granularity(of: criterion), .layerWise(ignoring: ignoring)
            )
            ($0.training, $0.scoringBatch, $0.retraining) = (.iterations(2), 4, .none)
          })
      }
      for criterion in [Criterion.relevance(), .apoz, .sparseGPT()] {
        let bench = try Bench()
        let plan = try plan(criterion, .resnet([2, 3], blocks: 1), .tinyGlyphs)
        try bench.run(plan)
        #expect(try #require(try bench.record(plan.ticket, of: plan).rounds.last).row.status == .completed)
      }
      let encoder = try #require(Trial.families.first { $0.model.name == "encoder" })
      for criterion in [Criterion.relevance(), .relevance(alpha: 2)] {
        #expect {
          _ = try plan(criterion, encoder.model, encoder.dataset)
        } throws: {
          "\($0)".contains("h.0.attn.c_attn.weight makes queries and keys of attention")
            && "\($0)".contains("let the allocation ignore the layer")
        }
        let bench = try Bench()
        let plan = try plan(criterion, encoder.model, encoder.dataset, ignoring: ["h.0.attn.c_attn"])
        try bench.run(plan)
        #expect(try #require(try bench.record(plan.ticket, of: plan).rounds.last).row.status == .completed)
      }
      let causal = try #require(Trial.families.first { $0.model.name == "causal-transformer" })
      #expect {
        _ = try plan(
          .optimalBrainDamage, causal.model,
          .induction(vocabulary: 64, length: 12, training: 60, validation: 20, test: 20))
      } throws: { "\($0)".contains("costs two passes a logit") }
    }
  }
}
