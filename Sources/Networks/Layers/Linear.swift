import CoppiceAutodiff
import CoppiceTensors

/// A linear layer `y = x · Wᵀ + b` on `[…, in]`, giving `[…, out]`; with `rectifies`, a ReLU behind it in the same pass.
/// Parameters: `weight` `[out, in]` (prunable) and `bias` `[out]`, which starts at 0.
public struct Linear: Layer {
  /// Features it gives.
  public var outputs: Int
  /// Whether it adds a bias.
  public var hasBias = true
  /// Whether a ReLU follows.
  public var rectifies = false

  /// A layer of `outputs` units.
  public init(_ outputs: Int, hasBias: Bool = true, rectifies: Bool = false) {
    self.outputs = outputs
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  /// Adds the layer to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    let inputs = x.shape.rank > 0 ? x.shape[-1] : 0
    let weight = scope.parameter("weight", [outputs, inputs], isPrunable: true)
    let affine = Affine(hasBias: hasBias, rectifies: rectifies)
    guard hasBias else { return scope.trace.builder.apply(affine, x, weight) }
    return scope.trace.builder.apply(affine, x, weight, scope.parameter("bias", [outputs], .zeros))
  }
}
