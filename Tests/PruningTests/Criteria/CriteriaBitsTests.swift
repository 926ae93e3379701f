import CoppicePruning
import CoppiceTensors
import Testing

/// Every criterion of the catalogue: evidence, scores, masks and moved weights have the same bits on any number of threads and under
/// any instruction set.
@Suite struct CriteriaBitsTests {
  /// Criteria that read what is measured on the network of Tests/Reference/criteria.py. Gates on heads have a network of their own, and
  /// a test there.
  static let measured = Criteria.all.filter { !$0.needs.evidence.isEmpty && $0 != .headImportance }

  /// What a pruning came to.
  private struct Outcome {
    let evidence: [ParameterSet]
    let scores: ParameterSet?
    let masks: MaskSet
    let weights: ParameterSet?

    func hasSameBits(as other: Outcome) -> Bool {
      func same(_ a: ParameterSet?, _ b: ParameterSet?) -> Bool {
        switch (a, b) {
        case (let a?, let b?): a.hasSameBits(as: b)
        case (nil, nil): true
        default: false
        }
      }
      return evidence.count == other.evidence.count
        && zip(evidence, other.evidence).allSatisfy { $0.hasSameBits(as: $1) }
        && same(scores, other.scores) && masks == other.masks && same(weights, other.weights)
    }
  }

  private func outcome(_ criterion: Criterion, threads: Int) throws -> Outcome {
    let network = try #require(CriteriaFixture.shared).network
    let isMeasured = !criterion.needs.evidence.isEmpty && criterion != .headImportance
    let found =
      isMeasured
      ? try criterion.needs.evidence.map { ($0, try network.measure($0, threads: threads)) } : []
    let context =
      isMeasured
      ? ScoringContext(weights: network.weights, masks: network.masks, seed: 3, evidence: found)
      : Networks.context()
    let pruning = try Pruner(criterion: criterion, allocation: .layerWise).prune(
      context, to: .sparsity(0.6)
    ) { evidence, weights, masks in
      try TracedNetwork(
        weights: weights, inputs: network.inputs, labels: network.labels, survivors: masks
      ).measure(evidence, threads: threads)
    }
    return Outcome(
      evidence: found.map(\.1), scores: criterion.solves ? nil : try criterion.scores(in: context),
      masks: pruning.masks, weights: pruning.weights)
  }

  @Test(arguments: Criteria.all + [.synflow(rounds: 3), .snip(rounds: 2), .relevance(alpha: 2)])
  func threadsAndInstructionSetsChangeNoBit(criterion: Criterion) throws {
    try onEveryKernel {
      try outcome(criterion, threads: $0)
    } each: { way, found, first in
      #expect(found.hasSameBits(as: first), "\(criterion): \(way)")
    }
  }
}
