import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// The absolute value of the weight, |w|.
  ///
  /// S. Han, J. Pool, J. Tran, W. Dally, "Learning both weights and connections for efficient neural networks",
  /// NIPS 2015.
  public static let magnitude = magnitude()

  /// Which power of a weight its magnitude is: what a unit's weights add up to.
  public enum Norm: String, Hashable, Sendable, CaseIterable {
    /// |w|. Over a unit it adds up to the L1 norm.
    case l1
    /// w². Over a unit it adds up to the square of the L2 norm. Single weights have the order of `l1`.
    case l2
  }

  /// `magnitude` by another norm, or divided by the size of the layer's weights.
  ///
  /// - Parameters:
  ///   - norm: whether the score is |w| or w².
  ///   - normalised: whether w is divided by ‖W‖₂ of its layer's survivors first, so that layers of unequal scale can be compared
  ///     in one pool. So do P. Molchanov et al., "Pruning convolutional neural networks for resource efficient inference", ICLR
  ///     2017, with scores of feature maps. Where all weights of a layer are 0, so are its scores.
  public static func magnitude(norm: Norm = .l1, normalised: Bool = false) -> Criterion {
    var fields: [(name: String, value: Specification.Value)] = []
    if norm != .l1 { fields.append(("norm", .text(norm.rawValue))) }
    if normalised { fields.append(("normalised", .flag(true))) }
    return Criterion("magnitude", version: 1, fields: fields, keepsScores: false) { context in
      try context.scoreEach { name, weight in
        guard normalised || norm == .l2 else {
          return Tensor(weight.shape, weight.scalars.map { abs($0) })
        }
        let size = normalised ? context.norm(of: weight, name) : 1
        return Tensor(
          weight.shape,
          weight.scalars.map { scalar in
            let share = size > 0 ? Double(scalar).magnitude / size : 0
            return Float(norm == .l1 ? share : share * share)
          })
      }
    }
  }
}

extension ScoringContext {
  /// The L2 norm of the survivors of a weight.
  fileprivate func norm(of weight: Tensor, _ name: String) -> Double {
    let mask = masks[name]
    var squares = 0.0
    for (index, scalar) in weight.scalars.enumerated() where mask?.bytes[index] != 0 {
      squares += Double(scalar) * Double(scalar)
    }
    return squares.squareRoot()
  }
}

extension Shipped<Criterion> {
  static let magnitude = Shipped(
    .magnitude, "the absolute value of the weight", paper: "Han et al. 2015", aliases: ["large-final"]
  ) { fields in
    let names = Criterion.Norm.allCases.map(\.rawValue).joined(separator: ", ")
    let norm = try fields.take("norm", "one of \(names)", default: Criterion.Norm.l1) {
      Criterion.Norm(rawValue: $0.description)
    }
    return .magnitude(norm: norm, normalised: try fields.flag("normalised", default: false))
  }
}
