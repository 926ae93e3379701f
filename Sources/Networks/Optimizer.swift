import CoppiceAutodiff
import CoppiceTerms

/// How weights follow their gradients. Each shipped one stands in Optimizers/. Masked weights end every step exactly 0.
public struct Optimizer: Component {
  /// The name, the version and every field of the optimizer.
  public let specification: Specification
  /// The arrays it keeps for each parameter: `["velocity"]`, `["moment1", "moment2"]`.
  let moments: [String]
  /// For each named scalar input `1 − baseᵗ` in step t = 1, 2, …, the base.
  let corrections: [(name: String, base: Double)]
  let update: @Sendable (Update) -> [Value]

  /// What one parameter's update is made from.
  struct Update {
    let builder: GraphBuilder
    let weight: Value
    let gradient: Value
    let moments: [Value]
    let mask: Value?
    let learningRate: Value
    let gradientScale: Value
    let corrections: [Value]
  }

  init(
    _ name: String, version: Int, _ fields: [(name: String, value: Specification.Value)], moments: [String],
    corrections: [(name: String, base: Double)] = [], update: @escaping @Sendable (Update) -> [Value]
  ) {
    specification = Specification(name, version: version, fields)
    self.moments = moments
    self.corrections = corrections
    self.update = update
  }
}
