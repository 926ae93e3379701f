import Coppice

extension Experiment {
  /// The best criteria of `criteria-resnet-20` once more, now in three rounds, before and after running statistics are measured anew, and
  /// before and after training on: B. Li et al., "EagleEye: fast sub-net evaluation for efficient neural network pruning", ECCV 2020.
  ///
  /// Protocol: ResNet-20 on CIFAR-10's images, trained for three passes; three rounds down to a quarter of the weights, each cut
  /// repaired on ten batches; no training afterwards, or a tenth of it in every round; three seeds.
  ///
  /// Expected: without training, recalibration is above no repair for every criterion; with it, both are within a point of each other.
  /// Falsified where it loses accuracy without training, or makes more than a point of difference with it.
  public static let repairsResnet20 = Experiment(
    "repairs-resnet-20",
    question: "How much of what a cut costs a residual network is only that its statistics are old?",
    base: Trial(
      model: .resnet20, dataset: .cifar10(validation: 500), optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      learningRate: .steps(0.05, at: [0.6, 0.85]), batchSize: 128, training: .epochs(3),
      evaluation: .share(1), schedule: .iterative(rounds: 3), sparsity: 0.75, scoringBatch: 128,
      scoringBatches: 4),
    claims: ["magnitude", "wood-fisher"].flatMap { criterion -> [Claim] in
      func cells(_ repair: String, _ retraining: String) -> [String] {
        ["criterion=\(criterion)", "repair=\(repair)", "retraining=\(retraining)", "target_sparsity=0.75"]
      }
      return [
        Claim(
          "recalibration brings accuracy back where \(criterion) cuts and nothing is trained",
          paper: "Li et al. 2020", published: "ranks of cut networks follow those of trained ones only then",
          of: cells("recalibrate", "none"), against: cells("none", "none"), expected: .above(0)),
        Claim(
          "after training on, recalibration makes no difference of a point behind \(criterion)",
          paper: "a control of both", published: "no number",
          of: cells("recalibrate", "fine-tune"), against: cells("none", "fine-tune"),
          expected: .within(-0.01...0.01)),
      ]
    }
  ) {
    Axis(\.criterion, [.magnitude, .lamp, .optimalBrainDamage, .woodFisher()])
    Axis(\.repair, [.none, .recalibrate()])
    Axis(\.retraining, [.none, .fineTune(.share(0.1))])
    Axis(\.seed, 0..<3)
  }
}
