import CoppiceAutodiff
import CoppiceTerms

/// Dropout (Srivastava et al. 2014): while training, each element becomes 0 with the probability `rate` and the rest are divided
/// by 1 − rate. Which ones is a function of the trial's seed, the step and the layer's place in the model.
public struct Dropout: Layer {
  /// The fraction dropped, 0…1; 0 adds nothing to the trace.
  public var rate: Double

  /// A layer that drops the fraction `rate`.
  public init(_ rate: Double) { self.rate = rate }

  /// Adds the dropout to the trace of a training step.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    let ordinal = scope.nextRandomOrdinal()
    guard NumberRule.number(in: 0...1).isKept(by: rate) else {
      return scope.refuse("dropout", "takes a rate in 0…1, not \(rate)")
    }
    guard scope.isTraining, rate != 0 else { return x }
    return x.dropout(rate: Float(rate), ordinal: UInt32(ordinal), key: scope.dropoutKey)
  }
}
