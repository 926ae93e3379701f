import CKernels
import CoppiceTensors

extension Convolution {
  /// A convolution, the normalisation of its channels by given statistics, a residual sum and a rectifier in one pass: what lies between
  /// them is never stored. Inputs: x and w of a convolution without bias, γ, β, mean, variance `[out]` and, where there is a residual, what
  /// is added, shaped as the result. The bits are those of all by themselves.
  package struct Normalized: FusedPrimitive, ExamplewisePrimitive, NormalizedConvolution {
    package static let name = "normalized-convolution"
    package let windows: ConvolutionWindows
    package var behind: NormalizationBehind

    package init(_ windows: ConvolutionWindows, _ behind: NormalizationBehind) {
      (self.windows, self.behind) = (windows, behind)
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      try behind.outputs(Convolution(windows).outputs(for: Array(inputs.prefix(2))), inputs)
    }

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = windows.shape(signature.input(0), signature.input(1)) else {
        return Kernel { _, _ in }
      }
      let behind = behind
      // The factors of the normalisation come before the scratch of the convolution, which begins at a whole line.
      let factors = (shape.out_channels + 15) / 16 * 16
      return ForwardShare.kernel(shape, scratch: factors) { arguments, share in
        let first = share.channels.lowerBound
        ck_batch_norm_scale(
          share.channels.count, behind.epsilon, arguments.input(2) + first, arguments.input(5) + first,
          arguments.scratch)
        withUnsafePointer(to: share.shape) {
          ck_convolution_normalized(
            $0, share.images.lowerBound, share.images.upperBound, arguments.input(0) + share.source,
            arguments.input(1) + share.filter, arguments.input(4) + first, arguments.scratch,
            arguments.input(3) + first, behind.hasResidual ? arguments.input(6) + share.target : nil,
            behind.rectifier.activation,
            arguments.output() + share.target,
            arguments.scratch + factors)
        }
      }
    }

    package func examplewiseInputs(for signature: Signature) -> [Int]? {
      Convolution(windows).examplewiseInputs(for: signature).map { behind.hasResidual ? $0 + [6] : $0 }
    }

    package func flops(for signature: Signature) -> Int {
      Convolution(windows).flops(for: signature) + behind.flops(signature.output())
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      [behind.definition(inputs[0].builder.apply(Convolution(windows), inputs[0], inputs[1]), inputs)]
    }

    package static let samples = [
      sample(.init(padding: 1), .init(epsilon: 1e-5), [2, 3, 6, 7], [4, 3, 3, 3]),
      sample(
        .init(stride: 2, padding: 1, groups: 5), .init(epsilon: 1e-5, rectifier: .relu6), [1, 5, 7, 9],
        [5, 1, 3, 3]),
      sample(
        .init(padding: 1), .init(epsilon: 1e-3, rectifier: .relu), [1, 16, 7, 8], [40, 16, 3, 3]),
      sample(
        .init(), .init(epsilon: 1e-5, hasResidual: true, rectifier: .relu), [2, 5, 4, 4], [70, 5, 1, 1],
        residual: [2, 70, 4, 4]),
      sample(
        .init(padding: 1, groups: 3), .init(epsilon: 1e-5, hasResidual: true), [1, 3, 4, 5],
        [3, 1, 3, 3], residual: [1, 3, 4, 5]),
    ]

    private static func sample(
      _ windows: ConvolutionWindows, _ behind: NormalizationBehind, _ x: Shape, _ w: Shape,
      residual: Shape? = nil
    ) -> Sample {
      Sample(Normalized(windows, behind), behind.samples(x, w, channels: w[0], residual: residual))
    }
  }
}

extension Convolution.Normalized: ExportablePrimitive {}

extension Convolution: NormalizablePrimitive {
  package func normalized(epsilon: Float) -> (any NormalizedConvolution)? {
    hasBias || rectifies ? nil : Normalized(windows, NormalizationBehind(epsilon: epsilon))
  }
}
