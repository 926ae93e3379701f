import Coppice
import CoppiceCommand

/// A program as a package of one's own has it. Its target sees what is public alone, so that what compiles here compiles in any
/// package.
@main enum Main {
  static func main() {
    CoppiceCommandLine.main(
      experiments: [.own, .growth, .wrongRank, .wrongScores, .shared, .pairs],
      criteria: [.growth, .sharpness, .overreaching],
      models: [.narrow, .tall, .planes, .twice], datasets: [.stripes, Shipped(.readings)],
      initializers: [.uniform],
      optimizers: [.lion, .signs], learningRates: [.halving], losses: [.squares], granularities: [.pair],
      allocations: [.firstLayer], schedules: [.cubic], retrainings: [.short], retrainingRates: [.halved],
      dynamics: [.halfway],
      stopRules: [.enough], metrics: [.testError], analyses: [.survivors])
  }
}

extension Experiment {
  /// One of everything that is not shipped.
  static let own = Experiment(
    "own", question: "Does a network of parts of one's own train?",
    base: Trial(
      model: .narrow, initializer: .uniform, dataset: .stripes, optimizer: .lion,
      learningRate: .halving(0.01),
      clipping: 1, batchSize: 20, training: .iterations(60), evaluation: .iterations(20), granularity: .pair,
      allocation: .firstLayer, schedule: .cubic(rounds: 2), retraining: .short, loss: .squares),
    analyses: [.survivors]
  ) {
    Axis(\.criterion, [.growth, .sharpness, .magnitude])
    Axis(\.sparsity, [0.5])
    Axis(\.seed, 0..<1)
  }

  /// A criterion that is still being written, beside one that is done.
  static let growth = Experiment(
    "growth", question: "Do weights that grew matter?",
    base: Trial(model: .mlp([8]), dataset: .stripes, batchSize: 20, training: .iterations(20))
  ) {
    Axis(\.criterion, [.growth, .magnitude])
    Axis(\.sparsity, [0.5])
    Axis(\.seed, 0..<2)
  }

  /// Images where the layer takes vectors.
  static let wrongRank = Experiment(
    "wrong-rank", question: "What does a layer say of data of another rank?",
    base: Trial(model: .planes, dataset: .stripes, batchSize: 20, training: .iterations(20))
  ) { Axis(\.sparsity, [0.5]) }

  /// A criterion that takes every layer for a convolution.
  static let wrongScores = Experiment(
    "wrong-scores", question: "What does a criterion say of weights of another rank?",
    base: Trial(
      model: .mlp([8]), dataset: .stripes, batchSize: 20, training: .iterations(20), criterion: .overreaching)
  ) { Axis(\.sparsity, [0.5]) }

  /// One layer in two places.
  static let shared = Experiment(
    "shared", question: "Can a layer be used twice?",
    base: Trial(model: .twice, dataset: .stripes, batchSize: 20, training: .iterations(20))
  ) { Axis(\.sparsity, [0.5]) }
}
