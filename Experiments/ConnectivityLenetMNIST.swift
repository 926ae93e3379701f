import Coppice

extension Experiment {
  /// J. Frankle, G. K. Dziugaite, D. M. Roy, M. Carbin, "Linear mode connectivity and the lottery ticket hypothesis", ICML 2020, asked of
  /// LeNet-300-100 on MNIST: does the noise of training, the order of the data, lead copies of one network to one region of the loss?
  ///
  /// Protocol: 5,000 steps where the paper has 24,000; masks by magnitude, 20 % a round and half as much of the output layer, rewound to
  /// step k = 0 or 500. From step k on two copies of the dense network and of the tickets of rounds 3, 7, 11 and 15 see the data in two
  /// orders, neither of them that in which masks were found; at k = 0 the controls of rounds 7 and 15 as well. 30 points on each line;
  /// three seeds.
  ///
  /// Expected: the dense network and the tickets are stable from the first step on: at every k the test error on the line rises by less
  /// than 2 points. Networks of two seeds are not connected. Falsified if copies of one network have a barrier of 2 points or more, or
  /// networks of two seeds one of less.
  public static let connectivityLenetMNIST = Experiment(
    "connectivity-lenet-mnist",
    question: "Do copies of a network that see the data in two orders stay linearly connected?",
    base: Trial(
      dataset: .mnist, training: .iterations(5_000), evaluation: .share(0.2),
      allocation: .layerWise(output: 0.5), schedule: .lotteryTicket(rounds: 15)),
    analyses: [
      .linearConnectivity(), .linearConnectivity(between: .seeds, points: 11, examples: 1_000),
    ],
    claims: stable + [apart]
  ) {
    for step in [0, 500] {
      for control in step == 0 ? [Control.none, .randomReinitialisation, .randomMask] : [.none] {
        for order in 1...2 {
          Fix(\.retraining, .rewind(to: .iterations(step)))
          Fix(\.control, control)
          Fix(\.rounds, control == .none ? [3, 7, 11, 15] : [7, 15])
          Fix(\.dataOrder, DataOrder(order, from: .iterations(step)))
        }
      }
    }
    Axis(\.seed, 0..<3)
  }
}

/// What is expected of copies of one network.
private let stable: [Claim] = [
  (0, 0, "the dense network", "stable from its initial weights on"),
  (7, 0, "a ticket of 21 %", "stable from its initial weights on"),
  (15, 0, "a ticket of 3.6 %", "stable from its initial weights on"),
  (15, 500, "a ticket of 3.6 % at step 500", "stable"),
].map { (round: Int, step: Int, subject: String, published: String) in
  Claim(
    "\(subject): two data orders lead to one region", paper: "Frankle et al. 2020", published: published,
    analysis: "linear_connectivity", metric: "test_error_barrier",
    of: ["control=none", "shared_steps=\(step)", "round=\(round)"], expected: .below(0.02))
}

/// What is expected of networks that share nothing.
private let apart = Claim(
  "dense networks of two seeds do not lie in one region", paper: "common claim",
  published: "a barrier lies between them", analysis: "linear_connectivity_seeds",
  metric: "test_error_barrier", of: ["control=none", "round=0"], expected: .above(0.02))
