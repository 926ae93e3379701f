import Coppice

extension Experiment {
  /// V. Sanh et al., "Movement pruning: adaptive sparsity by fine-tuning", NeurIPS 2020, asked of a small encoder that is trained on film
  /// reviews from the beginning, where the paper fine-tunes BERT: scores that are learned against gradual pruning by magnitude, at equal
  /// steps.
  public static let movementSST2 = Experiment(
    "movement-sst-2",
    question: "Do learned scores beat magnitude on a transformer, and from which sparsity on?",
    base: Trial(
      model: .encoder(width: 64, heads: 4, layers: 2), dataset: .sst2, optimizer: .adamW(),
      learningRate: LearningRate.cosine(1e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(600), evaluation: .share(0.5), schedule: .none),
    claims: [
      Claim(
        "movement is ahead of magnitude at 3 % of the weights", paper: "Sanh et al. 2020, Fig. 2",
        published: "MNLI at 3 %: 76.5 against 69 %",
        of: ["learned-mask=movement", "target_sparsity=0.97"],
        against: ["dynamics=gradual", "target_sparsity=0.97"],
        expected: .above(0)),
      Claim(
        "magnitude is ahead of movement at half of the weights", paper: "Sanh et al. 2020, Fig. 2",
        published: "at low sparsity", of: ["learned-mask=movement", "target_sparsity=0.5"],
        against: ["dynamics=gradual", "target_sparsity=0.5"], expected: .below(0)),
    ]
  ) {
    for isLearned in [true, false] {
      if isLearned { Fix(\.learnedMask, .movement()) }
      if !isLearned { Fix(\.dynamics, .gradual()) }
    }
    Axis(\.sparsity, [0.5, 0.8, 0.9, 0.97])
    Axis(\.seed, 0..<3)
  }
}
