import CoppiceTensors
import CoppiceTerms

/// A score for every prunable weight: low scores are pruned first.
///
/// ```swift
/// extension Criterion {
///   /// |w − w₀|, how far training moved a weight.
///   static let movement = Criterion("movement", needs: .initialWeights) { context in
///     let initial = try context.initialWeights()
///     return try context.scoreEach { name, weight in … }
///   }
/// }
/// ```
public struct Criterion: Component {
  /// The name, the version and every field.
  public let specification: Specification
  /// What the scores are computed from, besides the weights and the masks.
  public let needs: ScoringNeeds

  private let compute: @Sendable (ScoringContext) throws -> ParameterSet

  /// A criterion.
  /// - Parameters:
  ///   - name: in kebab-case, as it appears in tables.
  ///   - version: raise it whenever scores change; `nil` while it is being written.
  ///   - fields: the values the scores depend on, if the criterion has parameters.
  ///   - needs: what it reads besides the weights and the masks.
  ///   - scores: a tensor of scores for every prunable weight, shaped like the weight, finite wherever a weight
  ///     survives. What it says of pruned weights is ignored.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    needs: ScoringNeeds = [], scores: @escaping @Sendable (ScoringContext) throws -> ParameterSet
  ) {
    specification = Specification(name, version: version, fields)
    self.needs = needs
    compute = scores
  }

  /// The scores, each checked to be there, shaped like its weight, and finite wherever the weight survives.
  /// - Throws: `PruningError` where one is not, and whatever the criterion itself throws.
  public func scores(in context: ScoringContext) throws -> ParameterSet {
    let scores = try compute(context.limited(to: needs, of: name))
    for (parameter, mask) in context.masks {
      guard let score = scores[parameter] else {
        throw PruningError.missingParameter(parameter, in: "scores of criterion \(name)")
      }
      guard score.shape == mask.shape else {
        throw PruningError.scoreShape(score.shape, of: parameter, shape: mask.shape, criterion: name)
      }
      if let index = mask.bytes.indices.first(where: { mask.bytes[$0] != 0 && !score.scalars[$0].isFinite }) {
        throw PruningError.scoreNotFinite(score.scalars[index], of: parameter, index: index, criterion: name)
      }
    }
    return scores
  }
}
