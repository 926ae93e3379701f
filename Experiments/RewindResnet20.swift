import Coppice

extension Experiment {
  /// J. Frankle et al., "Linear mode connectivity and the lottery ticket hypothesis", ICML 2020, shortened: ResNet-20 on CIFAR-10's
  /// images for four passes where the paper has 160, rewound to its initial weights or to those after a fifth of a pass.
  public static let rewindResnet20 = Experiment(
    "rewind-resnet-20", question: "Does it matter to a residual network how far its weights are rewound?",
    base: Trial(
      model: .resnet20, dataset: .cifar10, optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      learningRate: .steps(0.05, at: [0.6, 0.85]), batchSize: 128, training: .epochs(4),
      evaluation: .epochs(1), schedule: .lotteryTicket(rounds: 4, rate: 0.4)),
    claims: [
      Claim(
        "at 13 % of the weights, rewinding to early weights beats rewinding to initial ones",
        paper: "Frankle et al. 2020", published: "matches dense from step 500 on, not from step 0",
        of: ["rewind_step>0", "round=4"], against: ["rewind_step=0", "round=4"], expected: .above(0))
    ]
  ) {
    Axis(\.retraining, [.rewind(to: .iterations(0)), .rewind(to: .share(0.05))])
    Axis(\.seed, 0..<3)
  }
}
