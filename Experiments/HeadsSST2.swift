import Coppice

extension Experiment {
  /// P. Michel et al., "Are sixteen heads really better than one?", NeurIPS 2019, asked of encoders that judge film reviews: heads go at one
  /// stroke, in the order of their importance or of chance, and nothing is trained afterwards. The analysis takes them one at a time, and
  /// greedily. It is often said of BERT that of twelve heads a layer two or three do most of the work.
  ///
  /// Protocol: two layers of twelve heads, 600 steps of 32 sentences; a quarter to eleven twelfths of the heads go; three seeds.
  ///
  /// Expected: with a quarter of the heads, chosen by importance, less than a point is lost. Falsified where more is.
  public static let headsSST2 = Experiment(
    "heads-sst-2", question: "How many of twelve heads a layer does the judgement of a sentence need?",
    base: Trial(
      model: .encoder(width: 96, heads: 12, layers: 2), dataset: .sst2, optimizer: .adamW(),
      learningRate: LearningRate.cosine(1e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(600), evaluation: .share(1), granularity: .head, retraining: .none,
      scoringBatch: 64, scoringBatches: 4),
    analyses: [.unitAblation],
    claims: [
      Claim(
        "a quarter of the heads, chosen by importance, loses less than a point", paper: "Michel et al. 2019",
        published: "of 12 heads 2 or 3 do most of the work", measure: .change,
        of: ["criterion=head-importance", "target_sparsity=0.75"], expected: .above(-0.01)),
      Claim(
        "importance finds better heads than chance, of which a quarter stays", paper: "Michel et al. 2019",
        published: "ranked heads are pruned with less loss",
        of: ["criterion=head-importance", "target_sparsity=0.75"],
        against: ["criterion=random", "target_sparsity=0.75"], expected: .above(0)),
    ]
  ) {
    Axis(\.criterion, [.headImportance, .random])
    Axis(\.sparsity, [0.25, 0.5, 0.75, 5.0 / 6, 11.0 / 12])
    Axis(\.seed, 0..<3)
  }
}
