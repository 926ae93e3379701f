import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// Batch normalisation `γ · (x − mean) / √(variance + ε) + β` of each channel of `[batch, channels, …]` (Ioffe and Szegedy
/// 2015). Training takes mean and variance of the batch and lets the running ones follow, by `momentum` of the difference and
/// with the unbiased variance, as PyTorch does; evaluation takes the running ones.
/// Parameters: `weight` (γ, from 1) and `bias` (β, from 0), `[channels]`. Buffers: `running_mean` (from 0) and `running_var`
/// (from 1).
public struct BatchNormalization: Layer {
  /// ε, which keeps the denominator away from 0.
  public var epsilon: Double
  /// The share of each batch in the running statistics, 0…1.
  public var momentum: Double

  /// A normalisation with PyTorch's defaults.
  public init(epsilon: Double = 1e-5, momentum: Double = 0.1) {
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Adds the normalisation to the trace and, while training, the update of the running statistics.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank >= 2 else {
      return scope.refuse("batch-normalization", "takes [batch, channels, …], not \(x.shape)")
    }
    guard NumberRule.nonNegative.isKept(by: epsilon), NumberRule.number(in: 0...1).isKept(by: momentum) else {
      return scope.refuse(
        "batch-normalization",
        "takes an epsilon of 0 or more and a momentum in 0…1, not \(epsilon) and \(momentum)")
    }
    let channels = x.shape[1]
    let gamma = scope.parameter("weight", [channels], .ones)
    let beta = scope.parameter("bias", [channels], .zeros)
    let mean = scope.state("running_mean", [channels], initial: 0)
    let variance = scope.state("running_var", [channels], initial: 1)
    guard scope.isTraining else {
      return x.batchNormalized(
        gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: Float(epsilon))
    }
    let batch = x.batchNormalized(gamma: gamma, beta: beta, epsilon: Float(epsilon))
    scope.trace.builder.updateRunningStatistics(
      mean: batch.mean, variance: batch.variance, runningMean: mean, runningVariance: variance,
      momentum: Float(momentum), count: x.shape.count / channels)
    return batch.y
  }
}
