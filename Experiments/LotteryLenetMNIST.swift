import Coppice

extension Experiment {
  /// J. Frankle, M. Carbin, "The lottery ticket hypothesis", ICLR 2019, Figs. 3 and 4: LeNet-300-100 on MNIST for 50,000
  /// iterations a round, rewound to its initial weights, 20 % a round and half as much of the output layer, with the paper's
  /// controls at five rounds. `--set training=5000it` tells most of it in a tenth of the time.
  public static let lotteryLenetMNIST = Experiment(
    "lottery-lenet-mnist",
    question: "Do pruned networks train as well as dense ones, from the same initial weights?",
    base: Trial(
      model: .lenet300100, dataset: .mnist, optimizer: .adam(), learningRate: .constant(1.2e-3),
      batchSize: 60,
      training: .iterations(50_000), evaluation: .iterations(100), allocation: .layerWise(output: 0.5),
      retraining: .rewind(to: .iterations(0)))
  ) {
    let compared = [3, 7, 9, 11, 15]
    // The controls share the ticket's ladder of masks; a one-shot ticket is pruned at one stroke to a round's sparsity.
    for schedule in [.lotteryTicket(rounds: 20)] + compared.map({ Schedule.oneShot(toRound: $0) }) {
      for control in schedule.isLadder ? [Control.none, .randomReinitialisation, .randomMask] : [.none] {
        Fix(\.schedule, schedule)
        Fix(\.control, control)
        Fix(\.rounds, control == .none ? nil : compared)
      }
    }
    Axis(\.seed, 0..<3)
  }
}
