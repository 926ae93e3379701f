import Coppice

extension Experiment {
  /// A claim that is made of a transformer that judges sentences: of four layers one goes, and 30 % of the weights; what was 110 MB is 45,
  /// three times as fast, and 0.7 points less accurate. Asked of an encoder that is trained on SST-2.
  ///
  /// Protocol: four layers, 600 steps of 32 sentences; a layer goes as a whole; or units inside the layers, until 30 % of the weights are
  /// gone; or both, the last layer and then 30 % of what is left; or units until as much as in the claim, 59 % of the bytes, is gone. A quarter of the steps follows at the small size, its rate falls to 0; three seeds.
  ///
  /// Expected: with 41 % of the bytes left, accuracy is within 0.7 points and one sentence takes a third of the time. Falsified where
  /// either fails.
  public static let sentimentSST2 = Experiment(
    "sentiment-sst-2",
    question: "What do a layer of four and 30 % of the weights save, and what do they cost?",
    base: Trial(
      model: .encoder(width: 64, heads: 4, layers: 4), dataset: .sst2, optimizer: .adamW(),
      learningRate: LearningRate.cosine(1e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(600), evaluation: .share(1), retraining: .fineTune(.share(0.25)),
      retrainingRate: .linear, compaction: .afterPruning, measurement: .latency(threads: 1)),
    claims: [
      Claim(
        "three layers of four are within 0.7 points", paper: "common claim", published: "-0.7 points",
        measure: .change, of: ["granularity=residual-block"], expected: .above(-0.007)),
      Claim(
        "three layers of four without 30 % of their weights are within 0.7 points", paper: "common claim",
        published: "-0.7 points", measure: .change, of: [both], expected: .above(-0.007)),
      Claim(
        "three layers of four without 30 % of their weights take a third of the time", paper: "common claim",
        published: "three times as fast", metric: "latency_compacted_share", of: [both],
        expected: .below(0.34)),
      Claim(
        "three layers of four without 30 % of their weights take 41 % of the bytes", paper: "common claim",
        published: "110 → 45 MB", metric: "bytes_compacted", measure: .share, of: [both],
        expected: .below(0.41)),
      Claim(
        "with 41 % of the bytes accuracy is within 0.7 points", paper: "common claim",
        published: "110 → 45 MB at -0.7 points", measure: .change,
        of: ["target=bytes", "target_sparsity=0.59"], expected: .above(-0.007)),
      Claim(
        "with 41 % of the bytes one sentence takes a third of the time", paper: "common claim",
        published: "three times as fast", metric: "latency_compacted_share",
        of: ["target=bytes", "target_sparsity=0.59"], expected: .below(0.34)),
    ]
  ) {
    let cuts: [(granularity: Granularity, target: CostTarget, ratio: Double?, recipe: Recipe?)] = [
      (.residualBlock, .units, 0.25, nil), (.hiddenUnit(), .weights, 0.3, nil),
      (.hiddenUnit(), .weights, nil, shorter), (.coupledUnit(), .bytes, 0.59, nil),
    ]
    for (granularity, target, ratio, recipe) in cuts {
      Fix(\.granularity, granularity)
      Fix(\.target, target)
      Fix(\.sparsity, ratio)
      Fix(\.recipe, recipe)
    }
    Axis(\.seed, 0..<3)
  }

  /// The claim to the letter: a layer of four, and 30 % of the weights of the others.
  private static let shorter = Recipe([
    .train(), .leaveOut(["h.3"]), .prune(rate: 0.3), .compact(), .retrain(.fineTune(.share(0.25))),
  ])
  private static let both = "recipe=recipe"
}
