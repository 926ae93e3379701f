import CoppiceTerms

extension Criterion {
  /// The relevance of a unit for the logit of the right class, by layer-wise relevance propagation, summed over examples and positions.
  /// Units that speak against the right class go first. One score a unit, as `meanActivation` has it.
  ///
  /// S.-K. Yeom et al., "Pruning by explaining: a novel criterion for deep neural network pruning", Pattern Recognition 2021, with the
  /// rules of S. Bach et al., PLOS ONE 2015: that of ε, or with an α that of α and β = α − 1. A normalisation by known statistics
  /// is a scale and a shift, and the shift keeps its share as a bias does. A sum, as at a shortcut, is parted by the same rule.
  /// In transformers the softmax's weights and the deviations of a layer normalisation stand still (A. Ali et al., ICML 2022). So
  /// queries and keys have no relevance, and a layer that makes them is refused. The paper divides by the norm of a layer where layers compete, which an allocation by layers makes
  /// needless.
  /// - Parameters:
  ///   - alpha: α, 1 or more; `nil` for the rule of ε.
  ///   - epsilon: what keeps the sums of the rule of ε away from 0.
  public static func relevance(alpha: Double? = nil, epsilon: Double = 1e-6) -> Criterion {
    let evidence = Evidence.relevance(alpha: alpha, epsilon: epsilon)
    return Criterion(
      "relevance", version: evidence.specification.version, fields: evidence.specification.fields,
      needs: .evidence(evidence), scoresUnits: true,
      requires: { setup in
        try setup.requireRows("relevance")
        if let layer = setup.layerOfQueries {
          throw setup.refuse(
            "\(layer) makes queries and keys of attention, which weigh values and have no relevance of their own; let the "
              + "allocation ignore the layer", for: "relevance")
        }
      }
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

extension PruningSetup {
  /// The first layer whose rows are more of an attention head than the values that are read from it.
  fileprivate var layerOfQueries: String? {
    let names = Set(layers.map(\.name))
    for head in structure.heads {
      let made = head.slices.filter { $0.axis == 0 && names.contains($0.parameter) }
      let read = head.slices.filter { $0.axis == 1 }.map(\.indices.count).max() ?? 0
      if made.reduce(0, { $0 + $1.indices.count }) > read { return made.first?.parameter }
    }
    return nil
  }
}
