import CKernels
import CoppiceTensors

extension BatchNormalization {
  /// Batch normalisation in inference: `y = γ·(x − mean) / √(variance + ε) + β` with given statistics. Inputs: x, γ, β, mean,
  /// variance.
  package struct Inference: FusedPrimitive, ExamplewisePrimitive {
    package static let name = "batch-normalization-inference"
    package let epsilon: Float

    package init(epsilon: Float) { self.epsilon = epsilon }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      try checkChannels(inputs, vectors: 4)
      return [inputs[0]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (rows, channels, epsilon) = (
        RowExtents(signature.input(0), axis: 1), signature.input(1)[0], epsilon
      )
      return Kernel(units: channels) { arguments, range in
        ck_batch_norm_inference(
          rows.outer, channels, rows.inner, range.lowerBound, range.upperBound, epsilon, arguments.input(0),
          arguments.input(1), arguments.input(2), arguments.input(3), arguments.input(4), arguments.output())
      }
    }

    package func flops(for signature: Signature) -> Int { 2 * signature.input(0).count }

    package var donations: [(input: Int, output: Int)] { [(0, 0)] }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (x, gamma, beta, mean, variance) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
      let factor = (gamma / variance.offset(by: epsilon).squareRoot).spreadOverChannels(of: x.shape)
      return [(x - mean.spreadOverChannels(of: x.shape)) * factor + beta.spreadOverChannels(of: x.shape)]
    }

    package static let samples = [
      Sample(
        Inference(epsilon: 1e-5), .uniform([4, 3, 2, 5]), .uniform([3]), .uniform([3]), .uniform([3]),
        .within([3], 0.2...2)),
      Sample(
        Inference(epsilon: 1e-3), .uniform([17, 5]), .uniform([5]), .uniform([5]), .uniform([5]),
        .within([5], 0.2...2)),
    ]
  }

  /// The running statistics after a batch of `count` elements a channel, as PyTorch has them: `running + momentum · (batch's
  /// − running)`, the variance unbiased first (· count / (count − 1)). Inputs: mean, variance (biased), running mean, running
  /// variance, all `[channels]`; outputs: the new running ones.
  package struct RunningStatistics: UndifferentiablePrimitive {
    package static let name = "batch-normalization-running-statistics"
    package let momentum: Float
    package let count: Int

    package init(momentum: Float, count: Int) {
      self.momentum = momentum
      self.count = count
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 4, inputs[0].shape.rank == 1, inputs[0].element == .float32,
        inputs.allSatisfy({ $0 == inputs[0] })
      else { throw ShapeError("takes four arrays [channels], not \(inputs.listed)") }
      return [inputs[2], inputs[3]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (channels, count, momentum) = (signature.input(0)[0], count, momentum)
      return Kernel { arguments, _ in
        ck_batch_norm_running(
          channels, count, momentum, arguments.input(0), arguments.input(1), arguments.input(2),
          arguments.input(3), arguments.output(0), arguments.output(1))
      }
    }

    package func flops(for signature: Signature) -> Int { 7 * signature.input(0).count }

    package var donations: [(input: Int, output: Int)] { [(2, 0), (3, 1)] }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      let correction = count > 1 ? Double(count) / Double(count - 1) : 1
      func moved(_ running: ReferenceArray, _ batch: ReferenceArray, _ correction: Double) -> ReferenceArray {
        let scalars = zip(running.scalars, batch.scalars).map {
          $0 + Double(momentum) * ($1 * correction - $0)
        }
        return ReferenceArray(running.shape, scalars)
      }
      return [moved(inputs[2], inputs[0], 1), moved(inputs[3], inputs[1], correction)]
    }

    package static let samples = [
      Sample(
        RunningStatistics(momentum: 0.1, count: 12), .uniform([19]), .within([19], 0...1), .uniform([19]),
        .within([19], 0...1)),
      Sample(
        RunningStatistics(momentum: 0.3, count: 1), .uniform([3]), .within([3], 0...1), .uniform([3]),
        .within([3], 0...1)),
    ]
  }
}

extension Value {
  /// `[batch, channels, …]` normalised by given statistics `[channels]`.
  public func batchNormalized(
    gamma: Value, beta: Value, mean: Value, variance: Value, epsilon: Float = 1e-5
  ) -> Value {
    builder.apply(BatchNormalization.Inference(epsilon: epsilon), self, gamma, beta, mean, variance)
  }
}

extension GraphBuilder {
  /// Lets the states `runningMean` and `runningVariance` follow the statistics of a batch of `count` elements a channel.
  package func updateRunningStatistics(
    mean: Value, variance: Value, runningMean: Value, runningVariance: Value, momentum: Float = 0.1,
    count: Int
  ) {
    let moved = applyAll(
      BatchNormalization.RunningStatistics(momentum: momentum, count: count),
      [mean, variance, runningMean, runningVariance])
    update(runningMean, with: moved[0])
    update(runningVariance, with: moved[1])
  }
}

extension BatchNormalization.Inference: AxisTied {
  /// Every axis of x, and the channels of everything.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices)
      + (1...4).map { AxisTie(.input($0, axis: 0), .output(axis: 1)) }
  }
}

extension BatchNormalization.RunningStatistics: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    (0..<4).map { AxisTie(.input($0, axis: 0), .output(axis: 0)) }
      + [AxisTie(.output(1, axis: 0), .output(axis: 0))]
  }

  package var keepsZeros: Bool { true }
}

extension BatchNormalization.Inference: ChannelScaling {
  package var scaleInput: Int { 1 }
}

extension BatchNormalization.Inference: FlowPrimitive {
  /// The scale alone: statistics and shift are left out.
  package func flow(_ inputs: [Value]) -> [Value] {
    [inputs[0] * inputs[1].spreadOverChannels(of: inputs[0].shape)]
  }
}

extension BatchNormalization.Inference: RelevancePrimitive {
  /// An affine of one number, `y = s·x + t` with `s = γ / √(variance + ε)` and `t = β − s·mean`: x has the share of s·x, and t keeps
  /// its own as a bias does. By the rule of ε the convolution before it has what it would have with s and t folded into it.
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    let (x, gamma, beta, mean, variance) = (
      call.inputs[0], call.inputs[1], call.inputs[2], call.inputs[3], call.inputs[4]
    )
    let scale = gamma / variance.offset(by: epsilon).squareRoot
    let shift = beta - mean * scale
    let share = call.share(
      of: x * scale.spreadOverChannels(of: x.shape), bias: shift.spreadOverChannels(of: x.shape))
    return [share] + call.inputs.dropFirst().map { _ in nil }
  }
}

extension BatchNormalization.Inference: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("BatchNormalization", call.inputs, ["epsilon": .number(epsilon)])]
  }
}
