import CKernels
import CoppiceTensors

/// What follows a convolution in the same pass: the normalisation of its channels by given statistics, a residual sum where there is
/// one, and a rectifier. Behind x and w the inputs are γ, β, mean, variance `[out]` and what is added, shaped as the result.
package struct NormalizationBehind: Hashable, Sendable {
  /// What comes last.
  package enum Rectifier: Hashable, Sendable {
    case none
    case relu
    case relu6

    /// As the kernels have it.
    var activation: Int32 {
      switch self {
      case .none: Int32(CK_IDENTITY)
      case .relu: Int32(CK_RELU)
      case .relu6: Int32(CK_RELU6)
      }
    }
  }

  package let epsilon: Float
  package var hasResidual = false
  package var rectifier = Rectifier.none

  /// Types of the outputs, from those of the convolution and of all inputs.
  func outputs(_ made: [ValueType], _ inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    let channels = ValueType([made[0].shape[1]])
    guard inputs.count == (hasResidual ? 7 : 6), inputs[2..<6].allSatisfy({ $0 == channels }),
      !hasResidual || inputs[6] == made[0]
    else {
      throw ShapeError(
        "takes x, w, four arrays \(channels)" + (hasResidual ? " and \(made[0])" : "")
          + ", not \(inputs.listed)")
    }
    return made
  }

  func flops(_ output: Shape) -> Int { (hasResidual ? 3 : 2).times(output.count) }

  /// The same in operations of their own, behind the result of a convolution.
  func definition(_ convolved: Value, _ inputs: [Value]) -> Value {
    let normalized = convolved.batchNormalized(
      gamma: inputs[2], beta: inputs[3], mean: inputs[4], variance: inputs[5], epsilon: epsilon)
    let y = hasResidual ? normalized + inputs[6] : normalized
    switch rectifier {
    case .none: return y
    case .relu: return y.relu
    case .relu6: return y.relu6
    }
  }

  /// Inputs of these shapes, for tests.
  func samples(_ x: Shape, _ w: Shape, channels: Int, residual: Shape?) -> [Sample.Input] {
    let channels = Shape([channels])
    return [x, w, channels, channels, channels].map { .uniform($0) } + [.within(channels, 0.2...2)]
      + (residual.map { [.uniform($0)] } ?? [])
  }
}

/// A convolution with what is behind it.
package protocol NormalizedConvolution: Primitive {
  var behind: NormalizationBehind { get set }
}

/// A convolution behind which a normalisation can be done in the same pass.
package protocol NormalizablePrimitive: Primitive {
  /// Both in one; `nil` where something lies between them.
  func normalized(epsilon: Float) -> (any NormalizedConvolution)?
}
