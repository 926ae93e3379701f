import Coppice

extension Experiment {
  /// A claim that is made of a transformer that judges sentences: of four layers one goes, and 30 % of the weights; what was 110 MB is 45,
  /// three times as fast, and 0.7 points less accurate. Asked of an encoder that is trained on SST-2.
  ///
  /// Protocol: four layers, 600 steps of 32 sentences; a layer goes as a whole, or units inside the layers until 30 % of the weights or as
  /// much as in the claim, 59 % of the bytes, are gone; a quarter of the steps follows at the small size, its rate falls to 0; three seeds.
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
        "with 41 % of the bytes accuracy is within 0.7 points", paper: "common claim",
        published: "110 → 45 MB at -0.7 points", measure: .change,
        of: ["target=bytes", "target_sparsity=0.59"], expected: .above(-0.007)),
      Claim(
        "with 41 % of the bytes one sentence takes a third of the time", paper: "common claim",
        published: "three times as fast", metric: "latency_compacted", measure: .share,
        of: ["target=bytes", "target_sparsity=0.59"], expected: .below(0.34)),
    ]
  ) {
    let cuts: [(granularity: Granularity, target: CostTarget, ratio: Double)] = [
      (.residualBlock, .units, 0.25), (.hiddenUnit(), .weights, 0.3), (.coupledUnit(), .bytes, 0.59),
    ]
    for (granularity, target, ratio) in cuts {
      Fix(\.granularity, granularity)
      Fix(\.target, target)
      Axis(\.sparsity, [ratio])
    }
    Axis(\.seed, 0..<3)
  }
}
