import Coppice

extension Experiment {
  /// Whether a training that knows of its pruning beats the pruning of a trained network, at equally many steps: gradual pruning (M. Zhu,
  /// S. Gupta, 2017) and learned thresholds (A. Kusupati et al., "Soft threshold weight reparameterization", ICML 2020, cut to the ratio
  /// at the end) against one stroke and a fine-tuning, on LeNet-5.
  ///
  /// Protocol: 3,000 steps of 60 digits in all, of which a third follows the stroke; 90 to 98 % of the weights go; six seeds.
  ///
  /// Expected: gradual pruning is above the pruning of a trained network at 95 and 98 %. Falsified where it is not.
  public static let awareLenet5 = Experiment(
    "aware-lenet-5",
    question: "Is it better to prune while training than to prune a trained network, at equal steps?",
    base: Trial(model: .lenet5, dataset: .mnist, evaluation: .share(1)),
    claims: [0.95, 0.98].map { ratio in
      Claim(
        "gradual pruning beats the pruning of a trained network where \(Int((ratio * 100).rounded())) % go",
        paper: "common advice", published: "training with pruning in mind beats pruning afterwards",
        of: ["dynamics=gradual", "target_sparsity=\(ratio)"],
        against: ["schedule=one-shot", "target_sparsity=\(ratio)"], expected: .above(0))
    }
  ) {
    for isAware in [true, false] {
      if isAware {
        Fix(\.schedule, .none)
        Fix(\.training, .iterations(3_000))
        for isGradual in [true, false] {
          if isGradual { Fix(\.dynamics, .gradual()) }
          if !isGradual { Fix(\.learnedMask, .softThreshold()) }
        }
      }
      if !isAware {
        Fix(\.training, .iterations(2_000))
        Fix(\.retraining, .fineTune(.share(0.5)))
      }
    }
    Axis(\.sparsity, [0.9, 0.95, 0.98])
    Axis(\.seed, 0..<6)
  }
}
