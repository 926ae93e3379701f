import CoppiceAutodiff
import CoppiceTerms

extension Optimizer {
  /// Adam (Kingma and Ba 2015) as PyTorch defines it; weight decay is added to the gradient.
  public static func adam(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) -> Optimizer {
    adaptive("adam", beta1, beta2, epsilon, weightDecay, isDecoupled: false)
  }

  /// AdamW (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient.
  public static func adamW(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) -> Optimizer {
    adaptive("adamw", beta1, beta2, epsilon, weightDecay, isDecoupled: true)
  }

  private static func adaptive(
    _ name: String, _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ weightDecay: Double,
    isDecoupled: Bool
  ) -> Optimizer {
    Optimizer(
      fused: name, version: 1,
      [
        ("beta1", .number(beta1)), ("beta2", .number(beta2)), ("epsilon", .number(epsilon)),
        ("weight-decay", .number(weightDecay)),
      ],
      moments: ["moment1", "moment2"],
      corrections: [("correction1", beta1), ("correction2", beta2)]
    ) { update in
      let primitive = AdamUpdate(
        beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
        isDecoupled: isDecoupled, isMasked: update.mask != nil)
      return update.builder.applyAll(
        primitive,
        [update.weight, update.rawGradient] + update.moments + [update.learningRate, update.gradientScale]
          + update.corrections + (update.mask.map { [$0] } ?? []))
    }
  }
}

extension Shipped<Optimizer> {
  static let adam = Shipped(
    .adam(), "steps over running deviations; weight decay is added to the gradient",
    paper: "Kingma and Ba 2015"
  ) { fields in
    .adam(
      beta1: try fields.share("beta1", default: 0.9), beta2: try fields.share("beta2", default: 0.999),
      epsilon: try fields.positive("epsilon", default: 1e-8),
      weightDecay: try fields.number("weight-decay", .nonNegative, default: 0))
  }

  static let adamW = Shipped(
    .adamW(), "Adam with weight decay apart from the gradient", paper: "Loshchilov and Hutter 2019"
  ) { fields in
    .adamW(
      beta1: try fields.share("beta1", default: 0.9), beta2: try fields.share("beta2", default: 0.999),
      epsilon: try fields.positive("epsilon", default: 1e-8),
      weightDecay: try fields.number("weight-decay", .nonNegative, default: 0.01))
  }
}
