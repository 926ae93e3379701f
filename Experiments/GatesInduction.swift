import Coppice

extension Experiment {
  /// E. Voita et al., "Analyzing multi-head self-attention: specialized heads do the heavy lifting, the rest can be pruned", ACL 2019, asked
  /// of the transformer of `heads-induction`: a hard concrete gate for each head, learned with the weights (C. Louizos et al., ICLR 2018), beside
  /// one cut by importance after a training without gates, and beside that cut with training on.
  ///
  /// Protocol: eight heads, of which a quarter, half or three quarters go; 800 steps, with gates or without; behind a cut nothing or
  /// 200 steps more, at a rate that falls from the highest to 0; six seeds, paired.
  ///
  /// Expected: learned gates are above the cut that is not trained on, and within a point of the one that is, at half of the heads.
  /// Falsified where they are not above the first, or below the second by more.
  public static let gatesInduction = Experiment(
    "gates-induction",
    question: "Do heads go more cheaply where gates learn it while the network is trained?",
    base: headsInduction.base,
    claims: [
      Claim(
        "gates learned in the training lose less than one cut by importance", paper: "Voita et al. 2019",
        published: "38 of 48 encoder heads go at 0.15 BLEU",
        of: ["learned-mask=hard-concrete", "target_sparsity=0.5"],
        against: ["criterion=head-importance", "target_sparsity=0.5", "retraining=none"],
        expected: .above(0)),
      Claim(
        "gates come within a point of a cut by importance that is trained on", paper: "Voita et al. 2019",
        published: "no number", of: ["learned-mask=hard-concrete", "target_sparsity=0.5"],
        against: ["criterion=head-importance", "target_sparsity=0.5", "retraining=fine-tune"],
        expected: .above(-0.01)),
    ]
  ) {
    let gates = LearnedMask.hardConcrete(penalty: 0.05, per: .head, rate: 10)
    let cells: [(mask: LearnedMask, retraining: Retraining)] = [
      (gates, .none), (.none, .none), (.none, .fineTune(.share(0.25))),
    ]
    for (mask, retraining) in cells {
      Fix(\.learnedMask, mask)
      Fix(\.schedule, mask == .none ? .oneShot : .none)
      if mask == .none { Fix(\.criterion, .headImportance) }
      Fix(\.retraining, retraining)
      if retraining != .none { Fix(\.retrainingRate, .linear) }
    }
    Axis(\.sparsity, [0.25, 0.5, 0.75])
    Axis(\.seed, 0..<6)
  }
}
