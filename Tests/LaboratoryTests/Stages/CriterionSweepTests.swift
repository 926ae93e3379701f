import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import Testing

extension Running {
  /// Every shipped criterion in a sweep, from training to what is reported.
  @Suite struct CriterionSweepTests {
    /// Criteria of activations score units.
    private static func granularity(of criterion: Criterion) -> Granularity {
      [.meanActivation, .apoz, .deadNeurons].contains(criterion) ? .neuron : .weight
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
  }
}
