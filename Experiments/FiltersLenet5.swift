import Coppice

extension Experiment {
  /// H. Li et al., "Pruning filters for efficient ConvNets", ICLR 2017, asked of LeNet-5 with masks: single weights against
  /// whole filters and neurons, scored by magnitude and by |w·g|.
  public static let filtersLenet5 = Experiment(
    "filters-lenet-5",
    question: "How much more does it cost to remove whole filters than single weights?",
    base: Trial(
      model: .lenet5, dataset: .glyphs, optimizer: .sgd(momentum: 0.9), learningRate: .steps(0.02, at: [0.7]),
      training: .iterations(250), evaluation: .iterations(50), allocation: .layerWise(ignoring: ["fc2"]),
      schedule: .iterative(rounds: 2), retraining: .fineTune(.share(0.2)))
  ) {
    Axis(\.granularity, [.weight, .filter])
    Axis(\.criterion, [.magnitude, .taylor])
    Axis(\.sparsity, [0.5, 0.8, 0.9])
    Axis(\.seed, 0..<3)
  }
}
