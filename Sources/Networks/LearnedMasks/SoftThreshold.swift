import CoppiceAutodiff
import CoppiceTerms

extension LearnedMask {
  /// Soft threshold reparametrisation (STR): each layer learns its threshold.
  ///
  ///     w̃ = sign(w) · max(0, |w| − σ(s)),   loss + ½ λ Σ s²
  ///
  /// with one s a layer. It begins far below 0, where the threshold is next to nothing, and its decay λ raises it. The weights that
  /// are left are w̃. How much survives is for `start` and λ to say, or for a pruning ratio, which then cuts at the end by
  /// |w| − σ(s).
  ///
  /// A. Kusupati, V. Ramanujan, R. Somani, M. Wortsman, P. Jain, S. Kakade, A. Farhadi, "Soft threshold weight reparameterization for
  /// learnable sparsity", ICML 2020. In the paper the decay is the weight decay of all parameters.
  ///
  /// - Parameters:
  ///   - start: s at the beginning.
  ///   - decay: λ.
  ///   - rate: the learning rate of s, as a multiple of the trial's.
  public static func softThreshold(start: Double = -8, decay: Double = 0.01, rate: Double = 10) -> LearnedMask
  {
    LearnedMask(
      "soft-threshold", version: 1,
      fields: [("start", .number(start)), ("decay", .number(decay)), ("rate", .number(rate))],
      leaves: [
        MaskLeaf(
          "threshold", .layer,
          initializer: Initializer("threshold", version: 1, [("start", .number(start))]) { _, _, all in
            all.update(repeating: Float(start))
          }, training: LeafTraining(rateFactor: rate))
      ]
    ) { trace in
      let gates = trace.weights.map { weight in
        let threshold = weight.spread(weight.whole("threshold").sigmoid, .layer)
        let above = weight.value.magnitude - threshold
        let left = (weight.value - threshold).relu - (-weight.value - threshold).relu
        return MaskGate(read: left, keep: above, value: left, score: above)
      }
      let squares = trace.weights.map { weight in
        (weight.whole("threshold") * weight.whole("threshold")).sum
      }
      return MaskGates(
        gates, penalty: squares.reduce(trace.constant(0), +).scaled(by: Float(decay / 2)))
    }
  }
}

extension Shipped<LearnedMask> {
  static let softThreshold = Shipped(
    .softThreshold(), "each layer learns a threshold that weights are shrunk by (STR)",
    paper: "Kusupati et al. 2020", aliases: ["str"]
  ) { fields in
    .softThreshold(
      start: try fields.number("start", default: -8),
      decay: try fields.number("decay", .nonNegative, default: 0.01),
      rate: try fields.positive("rate", default: 10))
  }
}
