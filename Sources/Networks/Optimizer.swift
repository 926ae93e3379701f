import CoppiceAutodiff
import CoppiceTerms

/// How weights follow their gradients. Each shipped one stands in Optimizers/. Masked weights end every step exactly 0, whatever the
/// optimizer makes of them.
///
/// ```swift
/// extension Optimizer {
///   /// Steps of one length, along the sign of the running mean of gradients (Chen et al. 2023).
///   static let lion = Optimizer("lion", moments: ["momentum"]) { update in
///     let momentum = update.moments[0], gradient = update.gradient
///     let mean = momentum.scaled(by: 0.9) + gradient.scaled(by: 0.1)
///     return [
///       update.weight - (mean.step - (-mean).step) * update.learningRate,
///       momentum.scaled(by: 0.99) + gradient.scaled(by: 0.01),
///     ]
///   }
/// }
/// ```
public struct Optimizer: Component {
  /// The name, the version and every field of the optimizer.
  public let specification: Specification
  /// The arrays it keeps for each parameter: `["velocity"]`, `["moment1", "moment2"]`.
  let moments: [String]
  /// For each named scalar input `1 − baseᵗ` in step t = 1, 2, …, the base.
  let corrections: [(name: String, base: Double)]
  let update: @Sendable (Update) -> [Value]

  /// What one parameter's update is made from. Of a weight that runs sparse, the arrays are those of its survivors: they may have
  /// another shape than the weight, and all of them have the same.
  public struct Update {
    let builder: GraphBuilder
    /// The parameter before the step.
    public let weight: Value
    /// The gradient of the loss, before clipping.
    let rawGradient: Value
    /// The optimizer's arrays before the step, in the order of their names; 0 before the first.
    public let moments: [Value]
    let mask: Value?
    /// The learning rate of the step, a scalar.
    public let learningRate: Value
    /// What clipping multiplies all gradients by, a scalar: the constant 1 where nothing is clipped.
    let gradientScale: Value
    let isClipped: Bool
    /// `1 − baseᵗ` in step t = 1, 2, …, for each base that was asked for, scalars.
    public let corrections: [Value]

    /// The gradient of the loss, clipped where the trial clips.
    public var gradient: Value { isClipped ? rawGradient * gradientScale : rawGradient }
  }

  /// An optimizer of one's own.
  ///
  /// - Parameters:
  ///   - name: in kebab-case, as it appears in tables.
  ///   - version: raise it whenever steps change; `nil` while it is being written.
  ///   - fields: the values the steps depend on.
  ///   - moments: the names of the arrays it keeps for each parameter, shaped like it.
  ///   - corrections: scalars `1 − baseᵗ` in step t = 1, 2, …, by name, for running means that start at 0.
  ///   - update: the parameter after the step and behind it the moments after it, in the order of their names.
  public init(
    _ name: String, version: Int? = nil, _ fields: [(name: String, value: Specification.Value)] = [],
    moments: [String] = [], corrections: [(name: String, base: Double)] = [],
    update: @escaping @Sendable (Update) -> [Value]
  ) {
    specification = Specification(name, version: version, fields)
    self.moments = moments
    self.corrections = corrections
    self.update = { step in
      let new = step.builder.naming(name) { update(step) }
      guard new.count == 1 + moments.count else {
        step.builder.fail(
          name, "gives \(new.count) arrays where the weight and \(moments.count) moments are wanted")
        return step.builder.poison
      }
      if let other = new.first(where: { $0.shape != step.weight.shape }) {
        step.builder.fail(name, "gives an array of shape \(other.shape) where \(step.weight.shape) is wanted")
      }
      return new.map { value in step.mask.map { value.masked(by: $0) } ?? value }
    }
  }

  /// A shipped optimizer, whose primitive sets to 0 what is masked.
  init(
    fused name: String, version: Int, _ fields: [(name: String, value: Specification.Value)],
    moments: [String], corrections: [(name: String, base: Double)] = [],
    update: @escaping @Sendable (Update) -> [Value]
  ) {
    specification = Specification(name, version: version, fields)
    self.moments = moments
    self.corrections = corrections
    self.update = update
  }
}
