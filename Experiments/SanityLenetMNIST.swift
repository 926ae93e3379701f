import Coppice

extension Experiment {
  /// J. Frankle et al., "Pruning neural networks at initialization: why are we missing the mark?", ICLR 2021, and J. Su et al.,
  /// "Sanity-checking pruning methods: random tickets can win the jackpot", NeurIPS 2020, asked of LeNet-300-100: masks found before
  /// training, those same masks shuffled within layers, and their weights drawn afresh, beside magnitude after training.
  public static let sanityLenetMNIST = Experiment(
    "sanity-lenet-mnist", question: "Does it matter which weights a method picks before training?",
    base: Trial(dataset: .mnist, training: .iterations(3_000), evaluation: .share(1), scoringBatches: 4),
    claims: ["snip", "grasp", "synflow"].flatMap { criterion in
      [
        Claim(
          "\(criterion): shuffling the mask within layers costs nothing at 2 %", paper: "Frankle et al. 2021",
          published: "preserved or improved, on CIFAR-10 and ImageNet",
          of: ["criterion=\(criterion)", "control=shuffled-mask", "target_sparsity=0.98"],
          against: ["criterion=\(criterion)", "control=none", "target_sparsity=0.98"],
          expected: .above(-0.003)),
        Claim(
          "\(criterion): drawing the weights afresh costs nothing at 2 %", paper: "Frankle et al. 2021",
          published: "preserved, on CIFAR-10 and ImageNet",
          of: ["criterion=\(criterion)", "control=random-reinit", "target_sparsity=0.98"],
          against: ["criterion=\(criterion)", "control=none", "target_sparsity=0.98"],
          expected: .above(-0.003)),
        Claim(
          "\(criterion) stays below magnitude after training at 2 %", paper: "Frankle et al. 2021",
          published: "all methods do",
          of: ["criterion=\(criterion)", "control=none", "target_sparsity=0.98"],
          against: ["criterion=magnitude", "control=none", "target_sparsity=0.98"], expected: .below(0)),
      ]
    }
  ) {
    for criterion in [Criterion.snip, .grasp, .synflow(rounds: 100), .magnitude] {
      Fix(\.criterion, criterion)
      Fix(\.schedule, criterion == .magnitude ? .oneShot : .atInitialisation())
    }
    Axis(\.control, [.none, .shuffledMask, .randomReinitialisation])
    Axis(\.sparsity, [0.95, 0.98])
    Axis(\.seed, 0..<6)
  }
}
