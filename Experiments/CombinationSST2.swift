import Coppice

extension Experiment {
  /// Pruning, quantisation, distillation and all together on an encoder that judges sentences, see `Combination`.
  ///
  /// Protocol: four layers of width 64 on SST-2, 600 steps of 32 sentences; four weights of five go; a quarter of the steps follows each cut;
  /// the student is a quarter as wide and half as deep; three seeds. Embeddings are neither pruned nor quantised here, and most of the bytes are theirs.
  ///
  /// Expected: accuracies within a point of the dense network. The sizes are not expected: the embeddings stay.
  public static let combinationSST2 = Experiment(
    "combination-sst-2",
    question: "What do pruning, quantisation and distillation give together on a transformer?",
    base: Trial(
      model: .encoder(width: 64, heads: 4, layers: 4), dataset: .sst2, optimizer: .adamW(),
      learningRate: LearningRate.cosine(1e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(600), evaluation: .share(1), retrainingRate: .linear,
      measurement: .latency(threads: 1)),
    claims: encoder.claims
  ) { encoder.sweep }

  private static let encoder = Combination(
    model: .encoder(width: 64, heads: 4, layers: 4), isModel: "width=64",
    student: .encoder(width: 16, heads: 2, layers: 2), sparsity: 0.8,
    retraining: .fineTune(.share(0.25)),
    bytes: 2_657_800)
}
