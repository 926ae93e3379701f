import Coppice

extension Experiment {
  /// U. Evci et al., "Rigging the lottery", ICML 2020, asked of LeNet-300-100 on MNIST as T. Dettmers and L. Zettlemoyer (2019) train it:
  /// masks that are drawn and stay, that are rewired at random (SET) and by gradients (RigL), and that shrink along a cubic, all in as
  /// many steps. The first three have the same first masks.
  public static let dynamicsLenetMNIST = Experiment(
    "dynamics-lenet-mnist",
    question:
      "Does a sparse network learn better where its connections move, and where gradients choose them?",
    base: Trial(
      model: .lenet300100, dataset: .mnist,
      optimizer: .sgd(momentum: 0.9, isNesterov: true, weightDecay: 5e-4),
      learningRate: .steps(0.1, at: [25.0 / 54, 50.0 / 54]), batchSize: 100, training: .iterations(54_000),
      evaluation: .iterations(1_000), criterion: .random, allocation: .erdosRenyi, schedule: .none,
      scoringBatch: 100)
  ) {
    let drop = DropFraction.cosine(0.3)
    for dynamics in [
      Dynamics.none, .set(drop: drop, every: .iterations(100), to: .share(0.75)), .rigl(drop: drop),
      .gradual(),
    ] {
      Fix(\.dynamics, dynamics)
      if dynamics == .none { Fix(\.schedule, .atInitialisation()) }
      if dynamics == .gradual() {
        Fix(\.criterion, .magnitude)
        Fix(\.allocation, .global)
      }
    }
    Axis(\.sparsity, [0.9, 0.95, 0.98, 0.99])
    Axis(\.seed, 0..<6)
  }
}
