import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  @Suite struct CriteriaComparisonTests {
    private let criteria = [Criterion.magnitude, .random, .fisher, .wanda, .snip(rounds: 3), .taylorGate]

    @Test func aCutIsWhatATrialWithoutRetrainingIs() throws {
      var base = Trial.tiny
      (base.sparsity, base.retraining) = (0.75, .none)
      let plan = try SweepPlan(
        Experiment("test", question: "What is cut?", base: base) { Axis(\.criterion, criteria) },
        library: Bench.library)
      let bench = try Bench()
      try bench.run(plan)
      let dense = try #require(plan.trials.first { $0.rounds.count == 1 })
      let trained = try #require(try bench.record(dense, of: plan).rounds.first?.weights)
      let regimen = try Regimen(evaluating: base, Bench.library)
      func part(_ names: [String]) -> ParameterSet {
        ParameterSet(names.compactMap { name in trained[name].map { (name, $0) } })
      }
      let subject = CriteriaComparison.Subject(
        regimen, parameters: part(regimen.model.declarations.map(\.name)),
        buffers: part(regimen.model.buffers.map(\.name)),
        scoring: ScoringData(batch: base.scoringBatch, count: base.scoringBatches), sparsity: 0.75)
      for threads in [1, 2] {
        let comparison = try CriteriaComparison(subject, by: criteria, threads: threads)
        #expect(comparison.cuts.map(\.criterion) == criteria && comparison.refused.isEmpty)
        for cut in comparison.cuts {
          let trial = try #require(
            plan.trials.first { $0.trial.criterion == cut.criterion && $0.rounds.count == 2 })
          let round = try #require(try bench.record(trial, of: plan).rounds.last)
          #expect(round.masks?.counted == cut.masks.counted)
          let stored = try #require(round.evaluations.last)
          for metric in [Metric.validationLoss, .validationAccuracy, .testLoss, .testAccuracy] {
            #expect(cut.evaluation[metric].bitPattern == stored[metric].bitPattern, "\(cut.criterion)")
          }
          #expect(cut.seconds > 0)
        }
        #expect(comparison.agreement(0, 0)?.jaccard == 1)
        #expect(comparison.agreement(0, 1) == comparison.agreement(1, 0))
      }
    }

    /// What the model, the granularity and the allocation ask for is there: nothing is refused for want of it.
    @Test func structureAndMeasuredSharesAreAtHand() throws {
      func comparison(
        _ trial: Trial, _ criteria: [Criterion], _ change: (inout CriteriaComparison.Subject) -> Void
      ) throws -> CriteriaComparison {
        let regimen = try Regimen(evaluating: trial, Bench.library)
        var subject = CriteriaComparison.Subject(
          regimen, parameters: try regimen.initialParameters(draw: 0), buffers: regimen.model.initialBuffers,
          scoring: ScoringData(batch: 10), sparsity: 0.5)
        change(&subject)
        return try CriteriaComparison(subject, by: criteria)
      }
      let images = Trial.tiny.with { ($0.model, $0.dataset) = (.resnet([3, 4], blocks: 1), .tinyGlyphs) }
      let slimming = try comparison(images, [.networkSlimming]) {
        ($0.granularity, $0.allocation) = (.neuron, .global(ignoring: ["fc"]))
      }
      #expect(slimming.refused.isEmpty, "\(slimming.refused)")
      let text = Trial.tiny.with {
        ($0.model, $0.dataset) = (.encoder(width: 8, heads: 2, layers: 1), .tinySentences)
      }
      let heads = try comparison(text, [.headImportance, .relevance()]) { $0.granularity = .head }
      #expect(heads.cuts.map(\.criterion) == [.headImportance], "\(heads.refused)")
      for allocation in [Allocation.owl, .sensitivity, .lamp] {
        let shares = try comparison(.tiny, [.magnitude]) { $0.allocation = allocation }
        #expect(shares.refused.isEmpty, "\(shares.refused)")
      }
      #expect(throws: PruningError.self) {
        try comparison(.tiny, [.magnitude]) { ($0.granularity, $0.sparsity) = (.nOfM(keep: 1, of: 2), 0.9) }
      }
    }

    @Test func whatDoesNotApplyIsRefusedByNameAndTheOthersGoOn() throws {
      let regimen = try Regimen(evaluating: .tiny, Bench.library)
      let solver = Criterion(solver: "own-solver", version: 1) { layer in (layer.mask, layer.weight) }
      let subject = CriteriaComparison.Subject(
        regimen, parameters: try regimen.initialParameters(draw: 0), buffers: regimen.model.initialBuffers,
        scoring: ScoringData(batch: 10), sparsity: 0.5)
      let comparison = try CriteriaComparison(subject, by: [solver, .magnitude])
      #expect(comparison.cuts.map(\.criterion) == [.magnitude])
      #expect(comparison.refused.map(\.criterion) == [solver])
      #expect(comparison.refused[0].reason.contains("own-solver"))
    }
  }

  @Suite struct MaskAgreementTests {
    @Test func countsSurvivorsOfBoth() throws {
      let one = MaskSet([("a", Mask([4], [1, 1, 0, 0])), ("b", Mask([2], [1, 0]))])
      let other = MaskSet([("a", Mask([4], [1, 0, 1, 0])), ("b", Mask([2], [1, 1]))])
      let agreement = try #require(MaskAgreement(one, other))
      // 2 of 5 survivors are shared; by chance 2 · 2 / 4 + 1 · 2 / 2 = 2 of 7 − 2.
      #expect(agreement.jaccard == 2.0 / 5 && agreement.chance == 2.0 / 5)
      #expect(MaskAgreement(one, MaskSet([("a", Mask([4], [1, 0, 1, 0]))])) == nil)
    }
  }
}
