import Coppice

extension Experiment {
  /// Whether larger networks bear the same ratio better: three widths of LeNet-5, pruned alike. M. Zhu and S. Gupta, "To prune, or not to
  /// prune", 2017, find that large and sparse beats small and dense; T. Gale et al., "The state of sparsity", 2019, that the loss at
  /// one ratio is smaller for larger networks.
  ///
  /// Protocol: LeNet-5 with a quarter, a half and all of its filters and hidden units, 2,000 steps of 60 digits; 50 to 98 % of the weights go
  /// by magnitude at one stroke; 10 % of the training follows at the last rate; six seeds.
  ///
  /// Expected: where 90 and 98 % go, the whole width loses less against its own dense network than the quarter. Falsified where it does not.
  public static let widthsLenet5 = Experiment(
    "widths-lenet-5", question: "Do larger networks lose less where the same share of their weights goes?",
    base: Trial(
      dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      retraining: .fineTune(.share(0.1))),
    claims: [0.9, 0.98].map { ratio in
      Claim(
        "the whole width loses less than the quarter where \(Int((ratio * 100).rounded())) % of the weights go",
        paper: "Gale et al. 2019", published: "larger networks lose less at equal ratio", measure: .change,
        of: ["hidden=500", "target_sparsity=\(ratio)"],
        against: ["hidden=125", "target_sparsity=\(ratio)"], expected: .above(0))
    } + [
      Claim(
        "the whole width with a tenth of its weights beats the dense half, which has more than twice as many",
        paper: "Zhu and Gupta 2017", published: "large and sparse beats small and dense",
        of: ["hidden=500", "target_sparsity=0.9"], against: ["hidden=250", "target_sparsity=0"],
        expected: .above(0))
    ]
  ) {
    Axis(
      \.model,
      [.lenet([5, 12], hidden: 125), .lenet([10, 25], hidden: 250), .lenet([20, 50], hidden: 500)])
    Axis(\.sparsity, [0.5, 0.8, 0.9, 0.95, 0.98])
    Axis(\.seed, 0..<6)
  }
}
