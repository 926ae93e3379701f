import Coppice

extension Experiment {
  /// U. Evci et al., "Rigging the lottery", ICML 2020, asked of LeNet-300-100 on MNIST as T. Dettmers and L. Zettlemoyer (2019) train it,
  /// in half of their steps: masks that are drawn and stay, that are rewired at random (SET) and by gradients (RigL), and that shrink along a cubic, all in as
  /// many steps. The first three have the same first masks.
  public static let dynamicsLenetMNIST = Experiment(
    "dynamics-lenet-mnist",
    question:
      "Does a sparse network learn better where its connections move, and where gradients choose them?",
    base: Trial(
      model: .lenet300100, dataset: .mnist,
      optimizer: .sgd(momentum: 0.9, isNesterov: true, weightDecay: 5e-4),
      learningRate: .steps(0.1, at: [25.0 / 54, 50.0 / 54]), batchSize: 100, training: .iterations(27_000),
      evaluation: .share(0.1), criterion: .random, allocation: .erdosRenyi, schedule: .none,
      scoringBatch: 100),
    claims: [
      Claim(
        "RigL beats masks that stay at 1 %", paper: "Evci et al. 2020",
        published: "ahead at every sparsity, for CNNs",
        of: ["dynamics=rigl", "target_sparsity=0.99"],
        against: ["schedule=at-initialisation", "target_sparsity=0.99"], expected: .above(0)),
      Claim(
        "SET beats masks that stay at 1 %", paper: "Evci et al. 2020",
        published: "ahead at every sparsity, for CNNs", of: ["dynamics=set", "target_sparsity=0.99"],
        against: ["schedule=at-initialisation", "target_sparsity=0.99"], expected: .above(0)),
      Claim(
        "gradual pruning to 10 % is as accurate as dense", paper: "Zhu and Gupta 2017",
        published: "within 0.2 points at 90 %, for larger networks",
        of: ["dynamics=gradual", "target_sparsity=0.9"], against: ["target_sparsity=0"],
        expected: .above(-0.002)),
    ]
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
