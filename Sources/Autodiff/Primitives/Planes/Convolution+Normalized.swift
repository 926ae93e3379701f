import CKernels
import CoppiceTensors

extension Convolution {
  /// A convolution, the normalisation of its channels by given statistics, a residual sum and a rectifier in one pass: what lies between
  /// them is never stored. Inputs: x and w of a convolution without bias, γ, β, mean, variance `[out]` and, where there is a residual, what
  /// is added, shaped as the result. The bits are those of all by themselves.
  package struct Normalized: FusedPrimitive, ExamplewisePrimitive {
    package static let name = "normalized-convolution"

    /// What follows the normalisation.
    package enum Rectifier: Hashable, Sendable {
      case none
      case relu
      case relu6

      fileprivate var activation: Int32 {
        switch self {
        case .none: Int32(CK_IDENTITY)
        case .relu: Int32(CK_RELU)
        case .relu6: Int32(CK_RELU6)
        }
      }
    }

    package let windows: ConvolutionWindows
    package let epsilon: Float
    package let hasResidual: Bool
    package let rectifier: Rectifier

    package init(
      _ windows: ConvolutionWindows, epsilon: Float, hasResidual: Bool = false, rectifier: Rectifier = .none
    ) {
      (self.windows, self.epsilon) = (windows, epsilon)
      (self.hasResidual, self.rectifier) = (hasResidual, rectifier)
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      let made = try Convolution(windows).outputs(for: Array(inputs.prefix(2)))
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

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = windows.shape(signature.input(0), signature.input(1)) else {
        return Kernel { _, _ in }
      }
      let (epsilon, hasResidual, activation) = (epsilon, hasResidual, rectifier.activation)
      // The factors of the normalisation come before the scratch of the convolution, which begins at a whole line.
      let factors = (shape.out_channels + 15) / 16 * 16
      return ForwardShare.kernel(shape, scratch: factors) { arguments, share in
        let first = share.channels.lowerBound
        ck_batch_norm_scale(
          share.channels.count, epsilon, arguments.input(2) + first, arguments.input(5) + first,
          arguments.scratch)
        withUnsafePointer(to: share.shape) {
          ck_convolution_normalized(
            $0, share.images.lowerBound, share.images.upperBound, arguments.input(0) + share.source,
            arguments.input(1) + share.filter, arguments.input(4) + first, arguments.scratch,
            arguments.input(3) + first, hasResidual ? arguments.input(6) + share.target : nil, activation,
            arguments.output() + share.target,
            arguments.scratch + factors)
        }
      }
    }

    package func examplewiseInputs(for signature: Signature) -> [Int]? {
      Convolution(windows).examplewiseInputs(for: signature).map { hasResidual ? $0 + [6] : $0 }
    }

    package func flops(for signature: Signature) -> Int {
      Convolution(windows).flops(for: signature) + (hasResidual ? 3 : 2).times(signature.output().count)
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      let normalized = inputs[0].builder.apply(Convolution(windows), inputs[0], inputs[1]).batchNormalized(
        gamma: inputs[2], beta: inputs[3], mean: inputs[4], variance: inputs[5], epsilon: epsilon)
      let y = hasResidual ? normalized + inputs[6] : normalized
      switch rectifier {
      case .none: return [y]
      case .relu: return [y.relu]
      case .relu6: return [y.relu6]
      }
    }

    package static let samples = [
      sample(Normalized(.init(padding: 1), epsilon: 1e-5), [2, 3, 6, 7], [4, 3, 3, 3]),
      sample(
        Normalized(.init(stride: 2, padding: 1, groups: 5), epsilon: 1e-5, rectifier: .relu6), [1, 5, 7, 9],
        [5, 1, 3, 3]),
      sample(
        Normalized(.init(padding: 1), epsilon: 1e-3, rectifier: .relu), [1, 16, 7, 8], [40, 16, 3, 3]),
      sample(
        Normalized(.init(), epsilon: 1e-5, hasResidual: true, rectifier: .relu), [2, 5, 4, 4], [70, 5, 1, 1],
        residual: [2, 70, 4, 4]),
      sample(
        Normalized(.init(padding: 1, groups: 3), epsilon: 1e-5, hasResidual: true), [1, 3, 4, 5],
        [3, 1, 3, 3], residual: [1, 3, 4, 5]),
    ]

    private static func sample(
      _ primitive: Normalized, _ x: Shape, _ w: Shape, residual: Shape? = nil
    ) -> Sample {
      let channels = Shape([w[0]])
      let inputs: [Sample.Input] =
        [x, w, channels, channels, channels].map { .uniform($0) } + [.within(channels, 0.2...2)]
        + (residual.map { [.uniform($0)] } ?? [])
      return Sample(primitive, inputs)
    }
  }
}

extension Convolution.Normalized: ExportablePrimitive {}
