import CoppiceTerms

extension Criterion {
  /// The relevance of a unit for the logit of the right class, by layer-wise relevance propagation, summed over examples and positions.
  /// Units that speak against the right class go first. One score a unit, as `meanActivation` has it.
  ///
  /// S.-K. Yeom et al., "Pruning by explaining: a novel criterion for deep neural network pruning", Pattern Recognition 2021, with the
  /// rules of S. Bach et al., PLOS ONE 2015: that of ε, or with an α that of α and β = α − 1. A normalisation by known statistics
  /// is a scale and a shift, and the shift keeps its share as a bias does. The paper divides by the norm of a layer where layers compete, which an allocation by layers makes
  /// needless.
  /// - Parameters:
  ///   - alpha: α, 1 or more; `nil` for the rule of ε.
  ///   - epsilon: what keeps the sums of the rule of ε away from 0.
  public static func relevance(alpha: Double? = nil, epsilon: Double = 1e-6) -> Criterion {
    let evidence = Evidence.relevance(alpha: alpha, epsilon: epsilon)
    return Criterion(
      "relevance", version: 2, fields: evidence.specification.fields, needs: .evidence(evidence),
      scoresUnits: true, requires: { try $0.requireRows("relevance") }
    ) { context in try context.scoreRows(from: evidence) }
  }
}

extension Shipped<Criterion> {
  static let relevance = Shipped(
    .relevance(), "relevance of a unit for the right class (LRP), by ε or by α and β",
    paper: "Yeom et al. 2021", aliases: ["lrp"]
  ) { fields in
    let alpha: Double? = try fields.take(
      "alpha", "a number of 1 or more", default: .some(nil)
    ) { (value: Specification.Value) -> Double?? in
      switch value {
      case .number(let number) where number >= 1 && number.isFinite: .some(.some(number))
      case .integer(let integer) where integer >= 1: .some(.some(Double(integer)))
      default: nil
      }
    }
    guard let alpha else { return .relevance(epsilon: try fields.positive("epsilon", default: 1e-6)) }
    return .relevance(alpha: alpha)
  }
}
