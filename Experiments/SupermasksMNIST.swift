import Coppice

extension Experiment {
  /// H. Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019, and V. Ramanujan et al., "What's hidden in a randomly weighted
  /// neural network?", CVPR 2020, on LeNet-300-100: masks that are drawn, masks that are ranked and masks at random on weights that
  /// are never trained, beside the dense network, which is. Zhou's logits have a learning rate of 100, and the weights under them
  /// are drawn as in that paper.
  public static let supermasksMNIST = Experiment(
    "supermasks-mnist",
    question: "How far does the choice of weights alone bring a network whose weights are never trained?",
    base: Trial(
      model: .lenet300100, initializer: .kaimingNormal, dataset: .mnist, optimizer: .sgd(momentum: 0.9),
      learningRate: .cosine(0.1), batchSize: 128, training: .epochs(14), evaluation: .epochs(1),
      allocation: .layerWise(), schedule: .none),
    claims: [
      Claim(
        "edge-popup at half of the weights is right on 93 % without training a weight",
        paper: "Ramanujan et al. 2020", published: "no number for this network",
        of: ["learned-mask=edge-popup", "target_sparsity=0.5"], expected: .above(0.93))
    ]
  ) {
    let ratios = [0.3, 0.5, 0.7, 0.9]
    for mask in [
      .edgePopup(), .bernoulli(rate: 1_000), .bernoulli(rescale: true, rate: 1_000), LearnedMask.none,
    ] {
      Fix(\.learnedMask, mask)
      if mask.keepsCount { Axis(\.sparsity, ratios) }
      if mask.makesMasks, !mask.keepsCount { Fix(\.initializer, .glorotNormal) }
      // A mask at random, and no step of training.
      if !mask.makesMasks {
        Fix(\.criterion, .random)
        Axis(
          \.recipe,
          ratios.map { Recipe([.train(until: .iterations(0)), .prune(sparsity: $0), .retrain(.none)]) }
        )
      }
    }
    Axis(\.seed, 0..<3)
  }
}
