import Coppice

extension Experiment {
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019, Fig. 3 and 6: which weights of
  /// LeNet-300-100 to keep, judged twice, by what a ticket with the mask reaches and by what the mask alone makes of initial weights that
  /// are never trained. The masks are cut at one stroke here, where the paper prunes in rounds.
  ///
  /// Protocol: 4,000 steps, layers cut at one rate and the output layer at half of it; 50 to 95 % of the weights go; six seeds, paired.
  ///
  /// Expected: `magnitude` and `magnitude-increase` give the best tickets and `small-final` worse ones than chance; of masks on
  /// untrained weights, `magnitude` is far better than chance and `large-final-same-sign` better still. Falsified where one of these is
  /// not above the other by its interval.
  public static let masksMNIST = Experiment(
    "masks-mnist",
    question: "Which mask criterion makes a good ticket, and which a network without training?",
    base: Trial(
      dataset: .mnist, training: .iterations(4_000), evaluation: .share(1),
      allocation: .layerWise(output: 0.5), schedule: .oneShot, retraining: .rewind(to: .iterations(0))),
    claims: [
      Claim(
        "the mask of the largest weights alone makes a network of 30 % accuracy or more",
        paper: "Zhou et al. 2019, Fig. 6", published: "some 80 % on MNIST at best, pruned in rounds",
        of: ["criterion=magnitude", "control=untrained", "target_sparsity=0.9"], expected: .above(0.3)),
      Claim(
        "keeping large weights of the same sign makes a better untrained network than large ones",
        paper: "Zhou et al. 2019, Fig. 6", published: "86 % against some 80 % on MNIST",
        of: ["criterion=large-final-same-sign", "control=untrained", "target_sparsity=0.9"],
        against: ["criterion=magnitude", "control=untrained", "target_sparsity=0.9"], expected: .above(0)),
      Claim(
        "a ticket of the weights that grew is as good as one of the largest",
        paper: "Zhou et al. 2019, Fig. 3", published: "as good on MNIST",
        of: ["criterion=magnitude-increase", "control=none", "target_sparsity=0.95"],
        against: ["criterion=magnitude", "control=none", "target_sparsity=0.95"],
        expected: .within(-0.003...0.003)),
      Claim(
        "a ticket of the smallest weights is worse than one at random", paper: "Zhou et al. 2019, Fig. 3",
        published: "worse",
        of: ["criterion=small-final", "control=none", "target_sparsity=0.95"],
        against: ["criterion=random", "control=none", "target_sparsity=0.95"], expected: .below(0)),
    ]
  ) {
    Axis(
      \.criterion,
      [
        .magnitude, .magnitudeIncrease, .movement, .largeFinalSameSign, .magnitudeIncreaseSameSign,
        .largeInit, .largeInitLargeFinal, .smallFinal, .smallInit, .smallInitSmallFinal,
        .largeFinalDiffSign, .random,
      ])
    Axis(\.sparsity, [0.5, 0.8, 0.9, 0.95])
    Axis(\.control, [.none, .untrained])
    Axis(\.seed, 0..<6)
  }
}
