import CoppiceAutodiff
import CoppiceTerms

extension LearnedMask {
  /// Weights that a proximal step brings to exactly 0 while they are trained: no array is trained beside them, and at the end the
  /// weights that are not 0 survive. The trial's optimizer moves the prunable weights and `Optimizer.proximal` shrinks them behind each
  /// step. How much survives is for the two factors to say, or for a pruning ratio, which then cuts at the end by |w|.
  ///
  /// N. Parikh, S. Boyd, "Proximal algorithms", 2014.
  ///
  /// - Parameters:
  ///   - l1: λ₁ of single weights.
  ///   - group: λ₂ of rows, one an output.
  public static func proximal(l1: Double = 1e-3, group: Double = 0) -> LearnedMask {
    LearnedMask(
      "proximal", version: 1, fields: [("l1", .number(l1)), ("group", .number(group))],
      optimizer: { $0.proximal(l1: l1, group: group) }
    ) { trace in
      MaskGates(
        trace.weights.map { weight in
          let size = weight.value.magnitude
          return MaskGate(read: weight.value, keep: size, value: weight.value, score: size)
        })
    }
  }
}

extension Shipped<LearnedMask> {
  static let proximal = Shipped(
    .proximal(), "shrinks weights to exactly 0 behind each step, one by one (L1) or in rows (group lasso)",
    paper: "Parikh and Boyd 2014"
  ) { fields in
    .proximal(
      l1: try fields.number("l1", .nonNegative, default: 1e-3),
      group: try fields.number("group", .nonNegative, default: 0))
  }
}
