import CKernels
import CoppiceTensors

/// Batch normalisation in training (Ioffe and Szegedy 2015): `y = γ·(x − mean)·s + β`, `s = 1 / √(variance + ε)`, with the
/// statistics of this batch for each channel. x and y `[batch, channels, …]`, γ and β `[channels]`. Further outputs, all
/// `[channels]`: mean, variance (biased), s.
package struct BatchNormalization: FusedPrimitive {
  package static let name = "batch-normalization"
  package let epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    try checkChannels(inputs, vectors: 2)
    return [inputs[0], inputs[1], inputs[1], inputs[1]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rows, channels, epsilon) = (RowExtents(signature.input(0), axis: 1), signature.input(1)[0], epsilon)
    return Kernel(units: channels) { arguments, range in
      ck_batch_norm(
        rows.outer, channels, rows.inner, range.lowerBound, range.upperBound, epsilon, arguments.input(0),
        arguments.input(1), arguments.input(2), arguments.output(0), arguments.output(1), arguments.output(2),
        arguments.output(3))
    }
  }

  package func flops(for signature: Signature) -> Int { 7 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func definition(_ inputs: [Value]) -> [Value] {
    let (gamma, beta, shape) = (inputs[1], inputs[2], inputs[0].shape)
    let batch = BatchStatistics(of: inputs[0], epsilon: epsilon)
    let y = batch.normalized * gamma.spreadOverChannels(of: shape) + beta.spreadOverChannels(of: shape)
    return [y, batch.mean, batch.variance, batch.inverse]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradients[0], call.gradients.dropFirst().allSatisfy({ $0 == nil }) else {
      return pullbackOfDefinition(call)
    }
    return Array(
      g.builder.applyAll(
        Gradient(epsilon: epsilon), [g, call.inputs[0], call.inputs[1], call.outputs[1], call.outputs[3]]
      ).prefix(3))
  }

  package static let samples = [
    Sample(BatchNormalization(epsilon: 1e-5), .uniform([4, 3, 2, 5]), .uniform([3]), .uniform([3])),
    Sample(BatchNormalization(epsilon: 1e-3), .uniform([17, 5]), .uniform([5]), .uniform([5])),
    Sample(BatchNormalization(epsilon: 1e-5), .within([3, 2, 40], 8...9), .uniform([2]), .uniform([2])),
  ]
}

extension BatchNormalization {
  /// The gradients by x, γ and β from g, x, γ, the mean and s (functions of x, given so that they are not computed twice):
  /// `dβ = Σg`, `dγ = Σg·x̂`, `dx = γ·s·(g − dβ/count − x̂·dγ/count)`, x̂ = (x − mean)·s, count = elements of a channel.
  package struct Gradient: FusedPrimitive {
    package static let name = "batch-normalization-gradient"
    package let epsilon: Float

    package init(epsilon: Float) { self.epsilon = epsilon }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 5, inputs[0] == inputs[1] else {
        throw ShapeError("takes gradient, x, γ, mean and inverse deviation, not \(inputs.listed)")
      }
      try checkChannels(Array(inputs.dropFirst()), vectors: 3)
      return [inputs[1], inputs[2], inputs[2]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (rows, channels) = (RowExtents(signature.input(1), axis: 1), signature.input(2)[0])
      return Kernel(units: channels) { arguments, range in
        ck_batch_norm_gradient(
          rows.outer, channels, rows.inner, range.lowerBound, range.upperBound, arguments.input(0),
          arguments.input(1), arguments.input(2), arguments.input(3), arguments.input(4), arguments.output(0),
          arguments.output(1), arguments.output(2))
      }
    }

    package func flops(for signature: Signature) -> Int { 10 * signature.input(0).count }

    package var donations: [(input: Int, output: Int)] { [(0, 0), (1, 0)] }

    /// The statistics are x's own, so that the second derivative flows through x.
    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, x, gamma) = (inputs[0], inputs[1], inputs[2])
      let batch = BatchStatistics(of: x, epsilon: epsilon)
      let (dgamma, dbeta) = ((g * batch.normalized).channelSum, g.channelSum)
      let share = 1 / Float(batch.count)
      let towardsMean = dbeta.scaled(by: share).spreadOverChannels(of: x.shape)
      let alongNormal = batch.normalized * dgamma.scaled(by: share).spreadOverChannels(of: x.shape)
      let factor = (gamma * batch.inverse).spreadOverChannels(of: x.shape)
      return [factor * (g - towardsMean - alongNormal), dgamma, dbeta]
    }

    package static let samples: [Sample] = []
  }
}

/// The mean, variance and inverse deviation of each channel in simple operations, and the array normalised by them.
private struct BatchStatistics {
  let count: Int
  let mean: Value
  let variance: Value
  let inverse: Value
  let normalized: Value

  init(of x: Value, epsilon: Float) {
    count = x.shape.count / max(1, x.shape[1])
    mean = x.channelSum.scaled(by: 1 / Float(count))
    let centred = x - mean.spreadOverChannels(of: x.shape)
    variance = (centred * centred).channelSum.scaled(by: 1 / Float(count))
    inverse = x.builder.constant(1, mean.shape) / variance.offset(by: epsilon).squareRoot
    normalized = centred * inverse.spreadOverChannels(of: x.shape)
  }
}

/// The common shape rule: x `[batch, channels, …]` and some vectors `[channels]`.
func checkChannels(_ inputs: [ValueType], vectors: Int) throws(ShapeError) {
  guard inputs.count == vectors + 1, inputs.allSatisfy({ $0.element == .float32 }), inputs[0].shape.rank >= 2,
    inputs[0].shape.count > 0, inputs.dropFirst().allSatisfy({ $0.shape == Shape([inputs[0].shape[1]]) })
  else {
    throw ShapeError(
      "takes an array [batch, channels, …] and \(vectors) arrays [channels], not \(inputs.listed)")
  }
}

extension Value {
  /// `[batch, channels, …]` normalised by the statistics of this batch, and those statistics, the variance biased.
  public func batchNormalized(gamma: Value, beta: Value, epsilon: Float = 1e-5) -> (
    y: Value, mean: Value, variance: Value
  ) {
    let outputs = builder.applyAll(BatchNormalization(epsilon: epsilon), [self, gamma, beta])
    return (outputs[0], outputs[1], outputs[2])
  }
}

extension BatchNormalization: AxisTied {
  /// The channels of everything; examples, rows and columns are untied, since the statistics are of all of them.
  package func ties(for signature: Signature) -> [AxisTie] {
    let y = PortAxis.output(axis: 1)
    return [AxisTie(.input(0, axis: 1), y)] + (1...2).map { AxisTie(.input($0, axis: 0), y) }
      + (1...3).map { AxisTie(.output($0, axis: 0), y) }
  }
}

extension BatchNormalization: ChannelScaling {
  package var scaleInput: Int { 1 }
}
