import Coppice

extension Experiment {
  /// J. Frankle, M. Carbin, "The lottery ticket hypothesis", ICLR 2019, Figs. 3 and 4: LeNet-300-100 on MNIST, rewound to
  /// its initial weights, 20 % a round and half as much of the output layer, with the paper's controls. The paper trains for
  /// 50,000 iterations a round; `--set training=50000it` does.
  public static let lotteryLenetMNIST = Experiment(
    "lottery-lenet-mnist",
    question: "Do pruned networks train as well as dense ones, from the same initial weights?",
    base: Trial(
      model: .lenet300100, dataset: .mnist, optimizer: .adam(), learningRate: .constant(1.2e-3),
      batchSize: 60,
      training: .iterations(5_000), evaluation: .iterations(100), allocation: .layerWise(output: 0.5),
      retraining: .rewind(to: .iterations(0)))
  ) {
    for schedule in [.lotteryTicket(rounds: 15)] + [3, 7, 9, 11, 15].map({ Schedule.oneShot(toRound: $0) }) {
      Fix(\.schedule, schedule)
      // The controls share the ticket's ladder of masks.
      Axis(\.control, schedule.isLadder ? Control.allCases : [.none])
    }
    Axis(\.seed, 0..<3)
  }
}
