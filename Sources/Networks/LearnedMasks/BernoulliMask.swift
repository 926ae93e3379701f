import CoppiceAutodiff
import CoppiceTerms

extension LearnedMask {
  /// A supermask drawn at random: no weight is trained. Each weight has a logit m, from 0, and takes part in a step with the
  /// probability σ(m):
  ///
  ///     w̃ = w · b,   b = 1 where u < σ(m), else 0,   ∂L/∂m = ∂L/∂w̃ · w · σ'(m)
  ///
  /// with u uniform and drawn anew in every step, the gradient straight through the draw. In evaluations a weight takes part where
  /// σ(m) > ½. With `rescale` the weights of a layer are multiplied by their number over the number of those drawn, a constant to
  /// gradients.
  ///
  /// H. Zhou, J. Lan, R. Liu, J. Yosinski, "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019. The paper
  /// trains logits by momentum 0.9 at a rate of 100: those are the trial's optimizer and learning rate.
  ///
  /// - Parameters:
  ///   - rescale: whether survivors make up for what is missing.
  ///   - rate: the learning rate of the logits, as a multiple of the trial's.
  public static func bernoulli(rescale: Bool = false, rate: Double = 1) -> LearnedMask {
    LearnedMask(
      "bernoulli", version: 1, fields: [("rescale", .flag(rescale)), ("rate", .number(rate))],
      trainsWeights: false,
      leaves: [MaskLeaf("logit", initializer: .zeros, training: LeafTraining(rateFactor: rate))]
    ) { trace in
      MaskGates(
        trace.weights.map { weight in
          let logit = weight["logit"]
          var read = weight.value
          if trace.isTraining {
            let drawn = (logit.sigmoid - trace.uniform(weight.shape, for: weight)).throughStep
            read = weight.value * drawn
            if rescale {
              let count = drawn.detached.sum.maximum(trace.constant(1))
              read = read * (trace.constant(Float(weight.shape.count)) / count)
            }
          }
          return MaskGate(
            read: read, keep: logit, value: weight.value, score: logit, isRescaled: rescale)
        })
    }
  }
}

extension Shipped<LearnedMask> {
  static let bernoulli = Shipped(
    .bernoulli(),
    "draws the weights of a network whose weights are never trained, with learned probabilities",
    paper: "Zhou et al. 2019"
  ) { fields in
    .bernoulli(
      rescale: try fields.flag("rescale", default: false), rate: try fields.positive("rate", default: 1))
  }
}
