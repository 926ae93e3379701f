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
      [.meanActivation, .apoz, .deadNeurons, .relevance()].contains(criterion) ? .neuron : .weight
    }

    /// Shortcuts and normalisations are no hindrance; what a network cannot give is said before anything is trained.
    @Test func residualNetworksAndTransformers() throws {
      func plan(_ criterion: Criterion, _ model: Model, _ dataset: DatasetSource) throws -> SweepPlan {
        try SweepPlan(
          Trial.tiny.with {
            ($0.model, $0.dataset, $0.criterion) = (model, dataset, criterion)
            ($0.granularity, $0.allocation) = (Self.granularity(of: criterion), .layerWise)
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
      #expect {
        _ = try plan(.relevance(), encoder.model, encoder.dataset)
      } throws: { "\($0)".contains("has no rule for relevance") }
      let causal = try #require(Trial.families.first { $0.model.name == "causal-transformer" })
      #expect {
        _ = try plan(
          .optimalBrainDamage, causal.model,
          .induction(vocabulary: 64, length: 12, training: 60, validation: 20, test: 20))
      } throws: { "\($0)".contains("costs two passes a logit") }
    }
  }
}
