import Coppice

extension Experiment {
  /// P. Michel et al., "Are sixteen heads really better than one?", NeurIPS 2019, asked of a causal transformer of eight heads that
  /// copies repeated sequences: heads go at one stroke, in the order of their importance, of their weights or of chance, and nothing is
  /// trained afterwards. The analysis takes them one at a time, and greedily.
  public static let headsInduction = Experiment(
    "heads-induction", question: "How many attention heads does copying need, and are they found?",
    base: Trial(
      model: .causalTransformer(width: 64, heads: 4, layers: 2),
      dataset: .induction(training: 4_000, test: 1_000), optimizer: .adamW(),
      learningRate: LearningRate.cosine(2e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(800), evaluation: .share(0.5), granularity: .head, retraining: .none,
      scoringBatch: 64, scoringBatches: 4),
    analyses: [.unitAblation],
    claims: [
      Claim(
        "half of the heads go by importance at a loss of less than a point",
        paper: "Michel et al. 2019, Fig. 3",
        published: "20 to 40 % go at no noticeable loss",
        of: ["criterion=head-importance", "target_sparsity=0.5"], against: ["target_sparsity=0"],
        expected: .above(-0.01)),
      Claim(
        "importance finds better heads than chance", paper: "Michel et al. 2019",
        published: "ranked heads are pruned with less loss",
        of: ["criterion=head-importance", "target_sparsity=0.5"],
        against: ["criterion=random", "target_sparsity=0.5"], expected: .above(0)),
    ]
  ) {
    Axis(\.criterion, [.headImportance, .magnitude, .random])
    Axis(\.sparsity, [0.125, 0.25, 0.375, 0.5, 0.625, 0.75])
    Axis(\.seed, 0..<6)
  }
}
