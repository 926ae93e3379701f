import Coppice

extension Experiment {
  /// Patterns that hardware multiplies by fast against single weights, at the one sparsity of 2:4. The first convolution has one input
  /// channel and stays whole in all of them.
  public static let patternsLenet5 = Experiment(
    "patterns-lenet-5",
    question: "What does it cost to remove half of the weights in blocks or two of every four?",
    base: Trial(
      model: .lenet5, dataset: .glyphs, optimizer: .sgd(momentum: 0.9), learningRate: .steps(0.02, at: [0.7]),
      training: .iterations(250), evaluation: .iterations(50), allocation: .layerWise(ignoring: ["conv1"]),
      sparsity: 0.5, retraining: .fineTune(.share(0.2)))
  ) {
    Axis(
      \.granularity,
      [
        .weight, .block(rows: 4, columns: 4), .oneByN(outputs: 4), .nOfM(keep: 2, of: 4),
        .nOfM(keep: 2, of: 4, permuted: true),
      ])
    Axis(\.seed, 0..<3)
  }
}
