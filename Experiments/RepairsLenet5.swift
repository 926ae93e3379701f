import Coppice

extension Experiment {
  /// The best criteria of `criteria-lenet-5` once more, now in four rounds, before and after a repair without a gradient, and before and
  /// after training on: Y. He et al., "Channel pruning for accelerating very deep neural networks", ICCV 2017 (least squares), and
  /// M. Nagel et al., "Data-free quantization through weight equalization and bias correction", ICCV 2019.
  ///
  /// Protocol: LeNet-5, trained for 2,000 steps; four rounds down to 6.25 or 1.56 % of the weights, each cut repaired on ten batches; no
  /// training afterwards, or 200 steps in every round; three seeds.
  ///
  /// Expected: without training, least squares is above bias correction, and that above no repair, for every criterion; with it, all
  /// are within 0.5 points of each other at 6.25 %. Falsified where a repair loses accuracy without training, or wins more than 0.5 points
  /// with it.
  ///
  /// Seen: bias correction loses accuracy without training, by 9 points to 48. PyTorch, given the same masks, finds the same networks: the
  /// mean of each layer's output is right again and fewer images are.
  public static let repairsLenet5 = Experiment(
    "repairs-lenet-5",
    question: "How much of what a cut costs comes back without a gradient, and is it still there after one?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      schedule: .iterative(rounds: 4), scoringBatches: 4),
    claims: ["lamp", "magnitude"].flatMap { criterion -> [Claim] in
      func cells(_ repair: String, _ retraining: String) -> [String] {
        ["criterion=\(criterion)", "repair=\(repair)", "retraining=\(retraining)", "target_sparsity=0.9375"]
      }
      return [
        Claim(
          "least squares brings accuracy back where \(criterion) cuts and nothing is trained",
          paper: "He et al. 2017", published: "ahead of no reconstruction on VGG-16's channels",
          of: cells("least-squares", "none"), against: cells("none", "none"), expected: .above(0)),
        Claim(
          "bias correction brings accuracy back where \(criterion) cuts and nothing is trained",
          paper: "Nagel et al. 2019", published: "for quantised networks",
          of: cells("bias-correction", "none"), against: cells("none", "none"), expected: .above(0)),
        Claim(
          "after training on, least squares makes no difference of 0.5 points behind \(criterion)",
          paper: "a control of both", published: "no number",
          of: cells("least-squares", "fine-tune"), against: cells("none", "fine-tune"),
          expected: .within(-0.005...0.005)),
      ]
    }
  ) {
    Axis(
      \.criterion, [.magnitude, .lamp, .synflow(rounds: 100), .optimalBrainDamage, .woodFisher()])
    Axis(\.sparsity, [0.9375, 0.984375])
    Axis(\.repair, [.none, .biasCorrection(), .leastSquares()])
    Axis(\.retraining, [.none, .fineTune(.share(0.1))])
    Axis(\.seed, 0..<3)
  }
}
