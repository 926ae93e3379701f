import CoppiceAutodiff
import CoppiceTerms

extension LearnedMask {
  /// A supermask: no weight is trained. Each weight has a score s, and the weights with the largest |s| survive, as many as the
  /// trial's pruning ratio leaves:
  ///
  ///     w̃ = w · h(|s|),   ∂L/∂s = ∂L/∂w̃ · w · sign(s)
  ///
  /// where h is 1 at the largest and its gradient that of the identity. Scores are drawn as PyTorch draws weights.
  ///
  /// V. Ramanujan, M. Wortsman, A. Kembhavi, A. Farhadi, M. Rastegari, "What's hidden in a randomly weighted neural network?",
  /// CVPR 2020. The paper ranks within each layer, allocation `layer-wise`, keeps half, and trains scores by momentum 0.9 with
  /// a rate of 0.1 and a weight decay of 0.0005: those are the trial's optimizer and learning rate.
  ///
  /// - Parameter rate: the learning rate of the scores, as a multiple of the trial's.
  public static func edgePopup(rate: Double = 1) -> LearnedMask {
    LearnedMask(
      "edge-popup", version: 1, fields: [("rate", .number(rate))], trainsWeights: false,
      leaves: [
        MaskLeaf("score", initializer: .kaimingUniform, training: LeafTraining(rateFactor: rate))
      ], keepsCount: true
    ) { trace in
      let scores = trace.weights.map { $0["score"].magnitude }
      return MaskGates(
        zip(trace.weights, zip(scores, trace.largest(scores))).map { weight, gate in
          MaskGate(read: weight.value * gate.1, keep: gate.1, value: weight.value, score: gate.0)
        })
    }
  }
}

extension Shipped<LearnedMask> {
  static let edgePopup = Shipped(
    .edgePopup(), "finds the best weights of a network whose weights are never trained",
    paper: "Ramanujan et al. 2020"
  ) { fields in
    .edgePopup(rate: try fields.positive("rate", default: 1))
  }
}
