import CoppiceAutodiff
import CoppiceTerms

extension Optimizer {
  /// Stochastic gradient descent as PyTorch defines it, dampening 0: `v ← momentum·v + g + decay·w`, `w ← w − rate·v`, with
  /// Nesterov's `g + momentum·v` in place of v where asked.
  public static func sgd(momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0) -> Optimizer
  {
    Optimizer(
      fused: "sgd", version: 1,
      [
        ("momentum", .number(momentum)), ("nesterov", .flag(isNesterov)),
        ("weight-decay", .number(weightDecay)),
      ],
      moments: momentum == 0 ? [] : ["velocity"]
    ) { update in
      let primitive = SGDUpdate(
        momentum: momentum, isNesterov: isNesterov, weightDecay: weightDecay,
        isMasked: update.mask != nil)
      return update.builder.applyAll(
        primitive,
        [update.weight, update.rawGradient] + update.moments + [update.learningRate, update.gradientScale]
          + (update.mask.map { [$0] } ?? []))
    }
  }
}

extension Shipped<Optimizer> {
  static let sgd = Shipped(
    .sgd(), "stochastic gradient descent, with momentum and Nesterov's step where asked",
    paper: "Sutskever et al. 2013"
  ) { fields in
    .sgd(
      momentum: try fields.share("momentum", default: 0),
      isNesterov: try fields.flag("nesterov", default: false),
      weightDecay: try fields.number("weight-decay", .nonNegative, default: 0))
  }
}
