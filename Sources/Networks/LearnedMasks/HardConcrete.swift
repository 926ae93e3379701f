import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension LearnedMask {
  /// L0 regularisation by hard concrete gates. Each weight, input, output or attention head has a gate with the parameter log α, drawn
  /// anew in every step from u uniform:
  ///
  ///     s = σ((ln u − ln(1 − u) + log α) / β),   z = min(1, max(0, s (ζ − γ) + γ)),   w̃ = w · z
  ///
  /// and the loss has the penalty λ · mean P(z ≠ 0), `P(z ≠ 0) = σ(log α − β ln(−γ/ζ))`, each gate counted with its weights.
  /// In the network that is left `z = min(1, max(0, σ(log α) (ζ − γ) + γ))`, multiplied into the weight. β = 2/3, γ = −0.1, ζ = 1.1.
  /// How much survives is for λ to say, or for a pruning ratio, which then cuts at the end by log α. What has one gate is multiplied by
  /// the same z: a head's rows of queries, keys and values and the columns that read it.
  ///
  /// C. Louizos, M. Welling, D. Kingma, "Learning sparse neural networks through L0 regularization", ICLR 2018. The paper's λ is
  /// that of a sum over weights: ours divided by their number.
  ///
  /// - Parameters:
  ///   - penalty: λ.
  ///   - extent: what has a gate: each weight, each output of a layer (a neuron or filter), each input, or each attention head, which
  ///     goes with granularity `head`.
  ///   - start: the probability of a gate to be open, `σ(log α)`, at the beginning, between 0 and 1.
  ///   - rate: the learning rate of log α, as a multiple of the trial's.
  public static func hardConcrete(
    penalty: Double = 0.5, per extent: MaskLeaf.Extent = .weight, start: Double = 0.9, rate: Double = 1
  ) -> LearnedMask {
    let (beta, gamma, zeta) = (2.0 / 3, -0.1, 1.1)
    let shift = Float(-beta * Elementary.log(-gamma / zeta))
    let center = Elementary.log(start / (1 - start))
    return LearnedMask(
      "hard-concrete", version: 1,
      fields: [
        ("penalty", .number(penalty)), ("per", .text(extent.rawValue)), ("start", .number(start)),
        ("rate", .number(rate)),
      ],
      leaves: [
        MaskLeaf(
          "log_alpha", extent,
          initializer: Initializer("log-alpha", version: 1, [("center", .number(center))]) { _, random, all in
            random.fillNormal(all, mean: center, standardDeviation: 0.01)
          }, training: LeafTraining(rateFactor: rate))
      ]
    ) { trace in
      let parts = trace.weights.map { weight in
        let location = weight.whole("log_alpha")
        func gate(_ open: Value) -> Value {
          let stretched = open.scaled(by: Float(zeta - gamma)).offset(by: Float(gamma))
          let clipped = stretched.maximum(trace.constant(0)).minimum(trace.constant(1))
          return weight.spread(clipped, extent)
        }
        let z = gate(location.sigmoid)
        var read = weight.value * z
        if trace.isTraining {
          let u = trace.uniform(location.shape, for: weight, extent)
          let noise = u.logarithm - (-u).offset(by: 1).logarithm
          read = weight.value * gate((noise + location).scaled(by: Float(1 / beta)).sigmoid)
        }
        let made = MaskGate(read: read, keep: z, value: weight.value * z, score: weight["log_alpha"])
        return (made, location.offset(by: shift).sigmoid)
      }
      let counts = trace.weights.map(\.shape.count)
      return MaskGates(
        parts.map(\.0), penalty: trace.mean(parts.map(\.1), counting: counts).scaled(by: Float(penalty)))
    }
  }
}

extension Shipped<LearnedMask> {
  static let hardConcrete = Shipped(
    .hardConcrete(), "random gates that a penalty on their number closes (L0)", paper: "Louizos et al. 2018",
    aliases: ["l0"]
  ) { fields in
    let extent = try fields.text("per", default: MaskLeaf.Extent.weight.rawValue)
    guard let extent = MaskLeaf.Extent(rawValue: extent), extent != .layer else {
      throw SpecificationError.wrongField(
        "per", of: "hard-concrete", found: extent, expected: "weight, output, input or head")
    }
    let start = try fields.share("start", default: 0.9)
    guard start > 0 else {
      throw SpecificationError.wrongField(
        "start", of: "hard-concrete", found: "\(start)", expected: "a number between 0 and 1, as 0.9")
    }
    return .hardConcrete(
      penalty: try fields.number("penalty", .nonNegative, default: 0.5), per: extent, start: start,
      rate: try fields.positive("rate", default: 1))
  }
}
