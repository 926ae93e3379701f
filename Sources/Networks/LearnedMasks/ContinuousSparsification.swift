import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension LearnedMask {
  /// Continuous sparsification: gates that are soft at first and hard at the end.
  ///
  ///     w̃ = w · σ(β s),   loss + λ · mean σ(β s),   β = βᵀ^(t/T) at step t of T
  ///
  /// with one s a weight. In the network that is left a weight survives where s > 0, with its own value. How much that is, λ and
  /// `start` say, or a pruning ratio, which then cuts at the end by s.
  ///
  /// P. Savarese, H. Silva, M. Maire, "Winning the lottery with continuous sparsification", NeurIPS 2020. The paper's λ is that of
  /// a sum over weights: ours divided by their number.
  ///
  /// - Parameters:
  ///   - penalty: λ.
  ///   - start: s at the beginning.
  ///   - temperature: βᵀ, 1 or more.
  ///   - rate: the learning rate of s, as a multiple of the trial's.
  public static func continuousSparsification(
    penalty: Double = 1, start: Double = 0.05, temperature: Double = 200, rate: Double = 1
  ) -> LearnedMask {
    LearnedMask(
      "continuous-sparsification", version: 1,
      fields: [
        ("penalty", .number(penalty)), ("start", .number(start)), ("temperature", .number(temperature)),
        ("rate", .number(rate)),
      ],
      leaves: [
        MaskLeaf(
          "score",
          initializer: Initializer("score", version: 1, [("start", .number(start))]) { _, _, all in
            all.update(repeating: Float(start))
          }, training: LeafTraining(rateFactor: rate))
      ],
      schedules: [
        MaskSchedule("temperature") { moment in
          Elementary.exp(
            Double(moment.step) / Double(max(1, moment.total)) * Elementary.log(temperature))
        }
      ]
    ) { trace in
      let soft = trace.weights.map { ($0["score"] * trace.schedule("temperature")).sigmoid }
      let gates = zip(trace.weights, soft).map { weight, gate in
        MaskGate(
          read: weight.value * gate, keep: weight["score"], value: weight.value, score: weight["score"])
      }
      return MaskGates(gates, penalty: trace.mean(soft).scaled(by: Float(penalty)))
    }
  }
}

extension Shipped<LearnedMask> {
  static let continuousSparsification = Shipped(
    .continuousSparsification(), "soft gates that a rising temperature hardens",
    paper: "Savarese et al. 2020", aliases: ["cs"]
  ) { fields in
    let temperature = try fields.positive("temperature", default: 200)
    guard temperature >= 1 else {
      throw SpecificationError.wrongField(
        "temperature", of: "continuous-sparsification", found: "\(temperature)",
        expected: "a number of 1 or more, as 200")
    }
    return .continuousSparsification(
      penalty: try fields.number("penalty", .nonNegative, default: 1),
      start: try fields.number("start", default: 0.05), temperature: temperature,
      rate: try fields.positive("rate", default: 1))
  }
}
