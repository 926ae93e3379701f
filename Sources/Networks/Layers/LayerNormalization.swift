import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// Layer normalisation `γ · (x − mean) / √(variance + ε) + β` of each row of the last axis of `[…, features]` (Ba, Kiros and
/// Hinton 2016). Parameters: `weight` (γ, from 1) and `bias` (β, from 0), `[features]`.
public struct LayerNormalization: Layer {
  /// ε, which keeps the denominator away from 0.
  public var epsilon: Double

  /// A normalisation with PyTorch's default.
  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  /// Adds the normalisation to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard let features = x.shape.axes.last else {
      return scope.refuse("layer-normalization", "takes rows […, features], not a single number")
    }
    guard NumberRule.nonNegative.isKept(by: epsilon) else {
      return scope.refuse("layer-normalization", "takes an epsilon of 0 or more, not \(epsilon)")
    }
    return x.layerNormalized(
      gamma: scope.parameter("weight", [features], .ones), beta: scope.parameter("bias", [features], .zeros),
      epsilon: Float(epsilon))
  }
}
