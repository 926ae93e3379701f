import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension LearnedMask {
  /// Movement pruning: weights that move towards 0 go. Each weight has a score S, from 0, and the weights with the largest scores
  /// take part, as many as the sparsity of the step leaves:
  ///
  ///     w̃ = w · h(S),   ∂L/∂S = ∂L/∂w̃ · w
  ///
  /// where h is 1 at the largest and its gradient that of the identity. The sparsity follows the cubic
  /// `s · (1 − (1 − p)³)` to the trial's pruning ratio s, with p from 0 to 1 between two moments.
  ///
  /// V. Sanh, T. Wolf, A. Rush, "Movement pruning: adaptive sparsity by fine-tuning", NeurIPS 2020. The paper ranks within each
  /// layer: allocation `layer-wise`.
  ///
  /// - Parameters:
  ///   - begin: when pruning begins.
  ///   - end: when the pruning ratio is reached.
  ///   - rate: the learning rate of the scores, as a multiple of the trial's.
  public static func movement(
    from begin: Budget = .share(0), to end: Budget = .share(0.7), rate: Double = 1
  ) -> LearnedMask {
    LearnedMask(
      "movement", version: 1,
      fields: [
        ("from", begin.specificationValue), ("to", end.specificationValue), ("rate", .number(rate)),
      ],
      leaves: [MaskLeaf("score", initializer: .zeros, training: LeafTraining(rateFactor: rate))],
      keepsCount: true, progress: { try $0.cubic("movement", from: begin, to: end) }
    ) { trace in
      let scores = trace.weights.map { $0["score"] }
      return MaskGates(
        zip(trace.weights, zip(scores, trace.largest(scores))).map { weight, gate in
          MaskGate(read: weight.value * gate.1, keep: gate.1, value: weight.value, score: gate.0)
        })
    }
  }

  /// Soft movement pruning: a weight takes part where σ(S) > τ, and a penalty on the mean of σ(S) presses scores down:
  ///
  ///     w̃ = w · 1[σ(S) > τ],   loss + λ · mean σ(S),   ∂L/∂S = ∂L/∂w̃ · w + ∂penalty/∂S
  ///
  /// The gradient is straight through the threshold and the σ before it. τ and λ follow the cubic `1 − (1 − p)³`
  /// to their values, with p from 0 to 1 between two moments. How much survives is for λ to say, or for a pruning ratio, which then
  /// cuts at the end by S.
  ///
  /// V. Sanh, T. Wolf, A. Rush, "Movement pruning: adaptive sparsity by fine-tuning", NeurIPS 2020.
  ///
  /// - Parameters:
  ///   - threshold: τ, between 0 and 1.
  ///   - penalty: λ.
  ///   - begin: when threshold and penalty begin to rise.
  ///   - end: when they have their values.
  ///   - rate: the learning rate of the scores, as a multiple of the trial's.
  public static func softMovement(
    threshold: Double = 0.1, penalty: Double = 10, from begin: Budget = .share(0),
    to end: Budget = .share(0.7), rate: Double = 1
  ) -> LearnedMask {
    LearnedMask(
      "soft-movement", version: 1,
      fields: [
        ("threshold", .number(threshold)), ("penalty", .number(penalty)),
        ("from", begin.specificationValue), ("to", end.specificationValue), ("rate", .number(rate)),
      ],
      leaves: [MaskLeaf("score", initializer: .zeros, training: LeafTraining(rateFactor: rate))],
      schedules: [
        MaskSchedule("threshold") { moment in
          // σ(S) > τ is S > ln τ/(1 − τ); σ is above 0 everywhere.
          let height = threshold * (try moment.cubic("soft-movement", from: begin, to: end))
          return height <= 0 ? -100 : max(-100, Elementary.log(height / (1 - height)))
        },
        MaskSchedule("penalty") { penalty * (try $0.cubic("soft-movement", from: begin, to: end)) },
      ]
    ) { trace in
      let gates = trace.weights.map { weight in
        let above = weight["score"] - trace.schedule("threshold")
        return MaskGate(
          read: weight.value * above.throughStep, keep: above, value: weight.value, score: weight["score"])
      }
      let scores = trace.weights.map { $0["score"].sigmoid }
      return MaskGates(gates, penalty: trace.mean(scores) * trace.schedule("penalty"))
    }
  }
}

extension MaskMoment {
  /// `1 − (1 − p)³`, with p from 0 to 1 between two moments.
  func cubic(_ mask: String, from begin: Budget, to end: Budget) throws -> Double {
    guard try steps(begin) < steps(end), try steps(end) <= total else {
      throw ComponentError.refused(
        "learned mask \(mask)",
        "it goes from step \(try steps(begin)) to step \(try steps(end)) of a training of \(total) steps; let it end within the "
          + "training (to) and begin before that (from)")
    }
    let left = 1 - (try share(from: begin, to: end))
    return left == 0 ? 1 : 1 - left * left * left
  }
}

extension Shipped<LearnedMask> {
  static let movement = Shipped(
    .movement(), "weights that move towards 0 go, along a cubic to the pruning ratio",
    paper: "Sanh et al. 2020"
  ) { fields in
    .movement(
      from: try fields.budget("from", default: .share(0)), to: try fields.budget("to", default: .share(0.7)),
      rate: try fields.positive("rate", default: 1))
  }

  static let softMovement = Shipped(
    .softMovement(), "weights whose score falls below a threshold go, pressed by a penalty",
    paper: "Sanh et al. 2020"
  ) { fields in
    .softMovement(
      threshold: try fields.share("threshold", default: 0.1),
      penalty: try fields.number("penalty", .nonNegative, default: 10),
      from: try fields.budget("from", default: .share(0)), to: try fields.budget("to", default: .share(0.7)),
      rate: try fields.positive("rate", default: 1))
  }
}
