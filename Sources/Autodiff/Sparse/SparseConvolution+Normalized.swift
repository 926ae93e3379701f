import CKernels
import CoppiceTensors

extension SparseConvolution {
  /// `Convolution.Normalized` with pruned filters. Inputs: x, survivors `[count]`, γ, β, mean, variance `[out]` and, where there is a
  /// residual, what is added. The bits are those of all by themselves.
  package struct Normalized: FusedPrimitive, ExamplewisePrimitive, PatternedPrimitive, NormalizedConvolution {
    package static let name = "sparse-normalized-convolution"
    package let windows: ConvolutionWindows
    package let pattern: SparsePattern
    package var behind: NormalizationBehind

    package init(_ windows: ConvolutionWindows, _ pattern: SparsePattern, _ behind: NormalizationBehind) {
      (self.windows, self.pattern, self.behind) = (windows, pattern, behind)
    }

    private var convolution: SparseConvolution { SparseConvolution(windows, pattern) }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      try behind.outputs(convolution.outputs(for: Array(inputs.prefix(2))), inputs)
    }

    package func kernel(for signature: Signature) -> Kernel {
      let behind = behind
      // The factors of the normalisation come before the scratch of the convolution, which begins at a whole line.
      let channels = pattern.shape[0], factors = (channels + 15) / 16 * 16
      return convolution.kernel(for: signature.input(0), scratch: factors) { shape, pattern, images, a in
        ck_batch_norm_scale(channels, behind.epsilon, a.input(2), a.input(5), a.scratch)
        ck_sparse_convolution_normalized(
          shape, pattern, images.lowerBound, images.upperBound, a.input(0), a.input(1), a.input(4), a.scratch,
          a.input(3), behind.hasResidual ? a.input(6) : nil, behind.rectifier.activation, a.output(),
          a.scratch + factors)
      }
    }

    package func examplewiseInputs(for signature: Signature) -> [Int]? { behind.hasResidual ? [0, 6] : [0] }

    package func flops(for signature: Signature) -> Int {
      convolution.flops(for: signature) + behind.flops(signature.output())
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      [behind.definition(inputs[0].builder.apply(convolution, inputs[0], inputs[1]), inputs)]
    }

    package func with(_ pattern: SparsePattern) -> Normalized { Normalized(windows, pattern, behind) }

    package static let samples = [
      sample(.init(padding: 1), [4, 3, 3, 3], .init(epsilon: 1e-5), [2, 3, 6, 7], count: 36),
      sample(
        .init(padding: 1), [5, 2, 3, 3], .init(epsilon: 1e-3, hasResidual: true, rectifier: .relu),
        [2, 2, 9, 16], count: 30, residual: [2, 5, 9, 16]),
      sample(
        .init(stride: 2, padding: 1), [3, 2, 3, 3],
        .init(epsilon: 1e-5, hasResidual: true, rectifier: .relu6),
        [3, 2, 8, 5], count: 18, residual: [3, 3, 4, 3]),
    ]

    private static func sample(
      _ windows: ConvolutionWindows, _ w: Shape, _ behind: NormalizationBehind, _ x: Shape, count: Int,
      residual: Shape? = nil
    ) -> Sample {
      Sample(
        Normalized(windows, .sample(w), behind),
        behind.samples(x, [count], channels: w[0], residual: residual))
    }
  }
}

extension SparseConvolution: NormalizablePrimitive {
  package func normalized(epsilon: Float) -> (any NormalizedConvolution)? {
    hasBias || rectifies ? nil : Normalized(windows, pattern, NormalizationBehind(epsilon: epsilon))
  }
}
