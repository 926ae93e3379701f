import Coppice

extension Experiment {
  /// A. Renda, J. Frankle, M. Carbin, "Comparing rewinding and fine-tuning in neural network pruning", ICLR 2020, asked of LeNet-300-100 on
  /// MNIST: rewinding weights and rates, rewinding rates alone, and fine-tuning, with equally many steps behind one pruning. The paper
  /// has convolutional networks alone. Beside it, what rate a fine-tuning has: D. Le, B.-S. Hua, ICLR 2021, and M. Zimmer et al., ICLR
  /// 2023, find that a rate that rises again and falls within the budget is as good as rewinding it.
  ///
  /// Protocol: 10,000 steps at 0.0012, a tenth of it from half, a hundredth from three quarters of them on; 10.7 and 3.5 % of the weights
  /// stay, the smallest magnitudes go at one stroke; half of the steps or all of them again; six seeds, paired.
  ///
  /// Expected: rewinding the rate is at least as accurate as fine-tuning at both sparsities and budgets, and within 0.3 points of
  /// rewinding the weights where half of the steps are made again. `linear` and `cyclic` are within 0.3 points of rewinding the rate. Falsified if
  /// fine-tuning at the last rate is better than rewinding the rate by more than 0.3 points, or than `linear` by as much.
  public static let rewindingLenetMNIST = Experiment(
    "rewinding-lenet-mnist",
    question:
      "What follows a pruning best at equal cost: rewinding weights, rewinding the rate, or fine-tuning?",
    base: Trial(
      model: .lenet300100, dataset: .mnist, learningRate: .steps(1.2e-3, at: [0.5, 0.75]),
      training: .iterations(10_000), evaluation: .share(0.1)),
    claims: [
      Claim(
        "rewinding the rate beats fine-tuning of as many steps at 3.5 %", paper: "Renda et al. 2020",
        published: "ahead on ResNet-20 and larger networks",
        of: ["retraining=learning-rate-rewind", "retraining-to=0it", "target_sparsity=0.965"],
        against: ["retraining=fine-tune", "budget=1.0", "target_sparsity=0.965"], expected: .above(0)),
      Claim(
        "rewinding the rate comes within 0.3 points of rewinding the weights at 3.5 %",
        paper: "Renda et al. 2020", published: "as good or better",
        of: ["retraining=learning-rate-rewind", "retraining-to=0.5", "target_sparsity=0.965"],
        against: ["retraining=rewind", "retraining-to=0.5", "target_sparsity=0.965"],
        expected: .within(-0.003...0.003)),
      Claim(
        "a linear rate in half of the steps beats the last rate at 3.5 %",
        paper: "Le and Hua 2021, Zimmer et al. 2023",
        published: "ahead on CIFAR-10 and ImageNet",
        of: ["retraining-rate=linear", "target_sparsity=0.965"],
        against: [
          "retraining=fine-tune", "retraining-rate=own", "budget=0.5", "target_sparsity=0.965",
        ], expected: .above(0.003)),
    ]
  ) {
    let half = Retraining.fineTune(.share(0.5))
    let compared: [(retraining: Retraining, rates: [RetrainingRate])] = [
      (half, [.own, .rewound, .linear, .cyclic, .adaptiveLinear]),
      (.learningRateRewind(to: .share(0.5)), [.own]), (.rewind(to: .share(0.5)), [.own]),
      (.fineTune(.share(1)), [.own]), (.learningRateRewind(), [.own]), (.rewind(), [.own]),
    ]
    for (retraining, rates) in compared {
      Fix(\.retraining, retraining)
      Axis(\.retrainingRate, rates)
    }
    Axis(\.sparsity, [0.893, 0.965])
    Axis(\.seed, 0..<6)
  }
}
