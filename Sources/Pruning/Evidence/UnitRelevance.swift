import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Evidence {
  /// Σ R over examples and positions for every unit, `[out]`, by the weight that makes it: its relevance for the logit of the right
  /// class, R of that logit being the logit itself. The primitives say how relevance goes through them; where one has no rule, as a
  /// hyperbolic tangent, the network is refused. Through attention all goes to the values. Over several places where a weight is read, their sum.
  /// - Parameters:
  ///   - alpha: α of the rule of positive and negative contributions; `nil` for the rule of ε.
  ///   - epsilon: what keeps the sums of the rule of ε away from 0.
  public static func relevance(alpha: Double? = nil, epsilon: Double = 1e-6) -> Evidence {
    let field: (name: String, value: Specification.Value) =
      if let alpha { ("alpha", .number(alpha)) } else { ("epsilon", .number(epsilon)) }
    let rule = alpha.map { RelevanceRule.alphaBeta(alpha: Float($0)) } ?? .epsilon(Float(epsilon))
    return Evidence("relevance", version: alpha == nil ? 2 : 3, fields: [field]) { trace in
      let right = trace.builder.apply(OneHot(classes: trace.logits.shape.axes.last ?? 1), trace.labels)
      let found = trace.builder.relevance(
        of: trace.logits, trace.logits * right, by: rule, for: trace.sites.map(\.output))
      var values: [(name: String, value: Value)] = []
      for (site, relevance) in zip(trace.sites, found) {
        guard let relevance else { continue }
        let axes = relevance.shape.axes.indices.filter { $0 != site.unitAxis }
        let sum = relevance.summed(over: axes)
        if let known = values.firstIndex(where: { $0.name == site.parameter }) {
          values[known].value = values[known].value + sum
        } else {
          values.append((site.parameter, sum))
        }
      }
      return values
    }
  }
}
