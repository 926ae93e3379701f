import Coppice

extension Experiment {
  /// J. Frankle, M. Carbin, "The lottery ticket hypothesis", ICLR 2019, Fig. 5, shortened: Conv-2 on CIFAR-10's images for 1,000
  /// iterations a round where the paper has 20,000, eight rounds, with the paper's control.
  public static let lotteryConv2 = Experiment(
    "lottery-conv-2", question: "Does a small convolutional network have winning tickets?",
    base: Trial(
      model: .conv2, dataset: .cifar10, optimizer: .adam(), learningRate: .constant(2e-4), batchSize: 60,
      training: .iterations(1_000), evaluation: .share(0.1), schedule: .lotteryTicket(rounds: 8, rate: 0.3)),
    claims: [
      Claim(
        "a ticket of 12 % of the weights beats the dense network", paper: "Frankle and Carbin 2019, Fig. 5",
        published: "+3.4 points at best, for 60,000 images and more steps", of: ["control=none", "round=6"],
        against: ["round=0", "control=none"], expected: .above(0)),
      Claim(
        "a ticket of 12 % of the weights beats its mask with other weights",
        paper: "Frankle and Carbin 2019, Fig. 5",
        published: "test accuracy falls where weights are drawn afresh", of: ["control=none", "round=6"],
        against: ["control=random-reinit", "round=6"], expected: .above(0)),
    ]
  ) {
    for control in [Control.none, .randomReinitialisation] {
      Fix(\.control, control)
      Fix(\.rounds, control == .none ? nil : [3, 6, 8])
    }
    Axis(\.seed, 0..<3)
  }
}
