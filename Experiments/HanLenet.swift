import Coppice

extension Experiment {
  /// S. Han et al., "Learning both weights and connections for efficient neural networks", NeurIPS 2015, Table 1: both LeNets on MNIST,
  /// pruned in five rounds by magnitude and trained on after each at a tenth of the learning rate. Here one threshold serves all layers,
  /// where the paper has one a layer.
  public static let hanLenet = Experiment(
    "han-lenet", question: "Can LeNet lose eleven of twelve weights at no loss?",
    base: Trial(
      dataset: .mnist, learningRate: .steps(1.2e-3, at: [0.8]), training: .iterations(5_000),
      evaluation: .share(0.2), schedule: .iterative(rounds: 5), sparsity: 1 - 1 / 12.0,
      retraining: .fineTune(.share(0.5))),
    claims: [("lenet-300-100", "error 1.64 → 1.59 %"), ("lenet-5", "error 0.80 → 0.77 %")].map {
      model, published in
      Claim(
        "\(model) with 12 times fewer weights is as accurate as dense", paper: "Han et al. 2015, Table 1",
        published: published, of: ["model=\(model)", "target_sparsity>0.9"],
        against: ["model=\(model)", "target_sparsity=0", "retraining=none"], expected: .above(-0.001))
    }
  ) {
    Axis(\.model, [.lenet300100, .lenet5])
    Axis(\.seed, 0..<6)
  }
}
