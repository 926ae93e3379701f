import Coppice

extension Experiment {
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019, Fig. 4 and 5: tickets of
  /// LeNet-300-100 at 8.6 % of the weights, and what is left of them where survivors keep their signs alone, or not even those, and where
  /// pruned weights stay at their initial values.
  public static let signsLenetMNIST = Experiment(
    "signs-lenet-mnist", question: "Is the sign all that a winning ticket needs of its initial weights?",
    base: Trial(
      dataset: .mnist, training: .iterations(4_000), evaluation: .share(1),
      allocation: .layerWise(output: 0.5),
      schedule: .lotteryTicket(rounds: 11)),
    claims: [
      Claim(
        "one size with the initial signs is as good as the initial weights",
        paper: "Zhou et al. 2019, Fig. 4",
        published: "as good wherever signs are kept", of: ["control=signed-constant", "round=11"],
        against: ["control=none", "round=11"], expected: .above(-0.003)),
      Claim(
        "fresh weights with the initial signs are as good as the initial weights",
        paper: "Zhou et al. 2019, Fig. 4", published: "as good wherever signs are kept",
        of: ["control=signed-reinit", "round=11"], against: ["control=none", "round=11"],
        expected: .above(-0.003)),
      Claim(
        "fresh weights are worse", paper: "Zhou et al. 2019, Fig. 4",
        published: "worse wherever signs are not kept",
        of: ["control=random-reinit", "round=11"], against: ["control=none", "round=11"],
        expected: .below(-0.003)),
      Claim(
        "pruned weights at 0 are better than pruned weights at their initial values",
        paper: "Zhou et al. 2019, Fig. 5", published: "0 is better for magnitude",
        of: ["control=frozen-pruned", "round=11"], against: ["control=none", "round=11"], expected: .below(0)),
    ]
  ) {
    for control in [
      Control.none, .signedConstant, .signedReinitialisation, .randomReinitialisation, .frozenPruned,
    ] {
      Fix(\.control, control)
      Fix(\.rounds, control == .none ? nil : [11])
    }
    Axis(\.seed, 0..<6)
  }
}
