import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import Testing

extension Running {
  /// Every shipped criterion in a sweep, from training to what is reported.
  @Suite struct CriterionSweepTests {
    /// Criteria of activations score units.
    private static func granularity(of criterion: Criterion) -> Granularity {
      [.meanActivation, .apoz, .deadNeurons, .relevance()].contains(criterion) ? .neuron : .weight
    }

    @Test(arguments: Criteria.all, ["perceptron", "convolutions"])
    func prunesATrainedNetwork(criterion: Criterion, model: String) throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          if model == "convolutions" { ($0.model, $0.dataset) = (.lenet([2, 3], hidden: 8), .tinyGlyphs) }
          ($0.criterion, $0.granularity) = (criterion, Self.granularity(of: criterion))
          ($0.allocation, $0.retraining) = (
            .layerWise(ignoring: $0.granularity == .neuron ? ["fc2"] : []), .none
          )
          ($0.training, $0.scoringBatch, $0.scoringBatches) = (.iterations(12), 10, 2)
        })
      try bench.run(plan)
      let last = try #require(try bench.record(plan.ticket, of: plan).rounds.last).row
      #expect(last.status == .completed)
      #expect(abs(last.sparsity - 0.5) < 0.1)
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
