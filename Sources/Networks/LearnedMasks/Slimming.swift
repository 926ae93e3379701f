import CoppiceAutodiff
import CoppiceTerms

extension LearnedMask {
  /// Network slimming's penalty: the L1 norm of the scales γ of all batch normalisations, added to the loss of the first training.
  ///
  ///     loss + λ Σ |γ|
  ///
  /// It presses the scales of channels that are not needed to 0 and makes no masks: criterion `network-slimming` and granularity
  /// `neuron` prune afterwards, and the retraining is without it.
  ///
  /// Z. Liu, J. Li, Z. Shen, G. Huang, S. Yan, C. Zhang, "Learning efficient convolutional networks through network slimming",
  /// ICCV 2017.
  ///
  /// - Parameter penalty: λ.
  public static func slimming(penalty: Double = 1e-4) -> LearnedMask {
    LearnedMask("slimming", version: 1, fields: [("penalty", .number(penalty))], makesMasks: false) { trace in
      if trace.scales.isEmpty {
        trace.builder.fail(
          "slimming",
          "the model has no batch normalisation, whose scales it presses to 0; use one that has, such as resnet-20"
        )
      }
      let norms = trace.scales.map(\.magnitude.sum)
      return MaskGates([], penalty: norms.reduce(trace.constant(0), +).scaled(by: Float(penalty)))
    }
  }
}

extension Shipped<LearnedMask> {
  static let slimming = Shipped(
    .slimming(), "presses the scales of batch normalisations to 0 and leaves pruning to the criterion",
    paper: "Liu et al. 2017"
  ) { fields in
    .slimming(penalty: try fields.number("penalty", .nonNegative, default: 1e-4))
  }
}
