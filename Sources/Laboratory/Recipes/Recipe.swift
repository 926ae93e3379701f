import CoppicePruning
import CoppiceTerms

/// What is done to a network, step by step: trained, pruned, trained again. `schedule` and `retraining` are its short spelling.
///
/// ```swift
/// Recipe([.train(), .prune(sparsity: 0.5), .retrain(.fineTune()), .prune(sparsity: 0.9), .retrain(.rewind())])
/// ```
public struct Recipe: Component {
  /// The steps in order.
  public let steps: [RecipeStep]

  /// A recipe of these steps.
  public init(_ steps: [RecipeStep]) { self.steps = steps }

  /// The steps, each with its fields.
  public var specification: Specification {
    Specification(
      "recipe", version: 1, [("steps", .list(steps.map { .component($0.specification) }))])
  }

  /// The recipe of a text: `recipe(steps: [train, prune(sparsity: 0.5), retrain])`.
  public init(parsing text: String) throws(ComponentError) {
    self = try SpecificationReader.reading(text) { name, fields in
      guard name == "recipe" else { throw ComponentError.unknown("recipe", name, known: ["recipe"]) }
      let steps = try fields.take("steps", "a list of steps as [train, prune(sparsity: 0.5)]", default: nil) {
        value -> [Specification]? in
        guard case .list(let values) = value else { return nil }
        return values.map { value in
          if case .component(let step) = value { return step }
          return Specification(value.description, version: nil)
        }
      }
      return Recipe(try steps.map { try RecipeStep.catalogue.read($0) })
    }
  }
}

/// One step of a recipe. Each shipped one stands in Recipes/Steps/.
public struct RecipeStep: Component {
  /// The name, the version and every field of the step.
  public let specification: Specification
  /// What it prunes to; `nil` where it does not prune.
  let target: PruningTarget?
  /// Whether it removes weights.
  let prunes: Bool
  /// Whether it repairs.
  let repairs: Bool
  /// Whether it quantises.
  let quantises: Bool
  let extend: @Sendable (inout Course) throws -> Void

  /// A step.
  /// - Parameter extend: asks the course of a trial for the stages of this step.
  package init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    prunesTo target: PruningTarget? = nil, leavesOut: Bool = false, repairs: Bool = false,
    quantises: Bool = false,
    extend: @escaping @Sendable (inout Course) throws -> Void
  ) {
    specification = Specification(name, version: version, fields)
    (self.target, self.repairs, self.quantises) = (target, repairs, quantises)
    prunes = target != nil || leavesOut
    self.extend = extend
  }
}
