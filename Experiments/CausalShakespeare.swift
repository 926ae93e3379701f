import Coppice

extension Experiment {
  /// A causal transformer on the characters of plays, cut once within layers, as it is and after a quarter of its training more. No such
  /// curve was published; the claims are those made of larger language models.
  public static let causalShakespeare = Experiment(
    "causal-shakespeare", question: "How many weights can a small language model lose?",
    base: Trial(
      model: .causalTransformer(width: 128, heads: 4, layers: 4), dataset: .tinyShakespeare,
      optimizer: .adamW(), learningRate: LearningRate.cosine(2e-3, floor: 2e-4).warmedUp(steps: 100),
      clipping: 1, batchSize: 32, training: .iterations(1_000), evaluation: .share(0.5),
      allocation: .layerWise, scoringBatch: 32, scoringBatches: 4),
    claims: [
      Claim(
        "SparseGPT loses less than magnitude at 50 % without training", paper: "Frantar and Alistarh 2023",
        published: "OPT-175B: perplexity 8.2 against 1.7e4", metric: "test_loss",
        of: ["criterion=sparse-gpt", "target_sparsity=0.5", "retraining=none"],
        against: ["criterion=magnitude", "target_sparsity=0.5", "retraining=none"], expected: .below(0)),
      Claim(
        "Wanda loses less than magnitude at 50 % without training", paper: "Sun et al. 2023",
        published: "LLaMA-7B: perplexity 7.26 against 17.29", metric: "test_loss",
        of: ["criterion=wanda", "target_sparsity=0.5", "retraining=none"],
        against: ["criterion=magnitude", "target_sparsity=0.5", "retraining=none"], expected: .below(0)),
    ]
  ) {
    Axis(\.criterion, [.magnitude, .random, .wanda, .sparseGPT()])
    Axis(\.sparsity, [0.3, 0.5, 0.7, 0.8, 0.9])
    Axis(\.retraining, [.none, .fineTune(.share(0.25))])
    Axis(\.seed, 0..<3)
  }
}
