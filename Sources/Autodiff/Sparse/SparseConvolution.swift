import CKernels
import CoppiceTensors

/// `Convolution` with pruned filters: the same sums over the survivors alone. x `[batch, in, height, width]`, survivors
/// `[count]`, b `[out]` (optional).
package struct SparseConvolution: ExamplewisePrimitive, PatternedPrimitive {
  package static let name = "sparse-convolution"
  package let windows: ConvolutionWindows
  package let pattern: SparsePattern
  package let hasBias: Bool
  package let rectifies: Bool

  package init(
    _ windows: ConvolutionWindows, _ pattern: SparsePattern, hasBias: Bool = false, rectifies: Bool = false
  ) {
    self.windows = windows
    self.pattern = pattern
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasBias ? 3 : 2), inputs.allSatisfy({ $0.element == .float32 }),
      let shape = windows.shape(inputs[0].shape, pattern.shape), inputs[1].shape == Shape([pattern.count]),
      !hasBias || inputs[2].shape == Shape([pattern.shape[0]])
    else { throw ShapeError("\(inputs.listed) are no images, survivors and bias for \(pattern)") }
    return [ValueType(shape.outputShape)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (hasBias, activation) = (hasBias, Int32(rectifies ? CK_RELU : CK_IDENTITY))
    return kernel(for: signature.input(0)) { shape, pattern, images, a in
      ck_sparse_convolution_forward(
        shape, pattern, images.lowerBound, images.upperBound, a.input(0), a.input(1),
        hasBias ? a.input(2) : nil, activation, a.output(), a.scratch)
    }
  }

  /// A kernel over the images of x; `room` floats of scratch come before those of a convolution.
  func kernel(
    for x: Shape, scratch room: Int = 0,
    _ body:
      @escaping @Sendable (
        UnsafePointer<ck_convolution_shape>, UnsafePointer<ck_sparse_pattern>, _ images: Range<Int>,
        KernelArguments
      ) -> Void
  ) -> Kernel {
    guard let shape = windows.shape(x, pattern.shape) else { return Kernel { _, _ in } }
    let index = pattern.index(shape, reading: shape.reading(pattern))
    return Kernel(units: shape.batch, scratch: room + shape.sparseScratch(index)) { arguments, images in
      withUnsafePointer(to: shape) { shape in
        index.withPattern { body(shape, $0, images, arguments) }
      }
    }
  }

  package func flops(for signature: Signature) -> Int { pattern.flops(signature.output()) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let gradient = call.gradient else { return call.inputs.map { _ in nil } }
    let x = call.inputs[0]
    let (g, bias) = gradient.throughRectifier(of: call.outputs[0], rectifies, hasBias: hasBias)
    return [
      g.builder.apply(
        InputGradient(windows, pattern, height: x.shape[2], width: x.shape[3]), g, call.inputs[1]),
      g.builder.apply(FilterGradient(windows, pattern), x, g),
    ] + bias
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let dense = Convolution(windows, hasBias: hasBias, rectifies: rectifies)
    return dense.reference(
      [inputs[0], pattern.scattered(inputs[1])] + inputs.dropFirst(2), pattern.signature(signature))
  }

  package func with(_ pattern: SparsePattern) -> SparseConvolution {
    SparseConvolution(windows, pattern, hasBias: hasBias, rectifies: rectifies)
  }

  package static let samples = [
    Sample(
      SparseConvolution(.init(padding: 1), .sample([4, 3, 3, 3]), hasBias: true, rectifies: true),
      .uniform([2, 3, 6, 7]), .uniform([36]), .uniform([4])),
    Sample(
      SparseConvolution(.init(stride: 2, padding: 1), .sample([3, 2, 3, 3])), .uniform([3, 2, 8, 5]),
      .uniform([18])),
    Sample(
      SparseConvolution(.init(padding: 2, groups: 2), .sample([6, 2, 5, 3]), hasBias: true),
      .uniform([2, 4, 5, 4]), .uniform([60]), .uniform([6])),
    Sample(
      SparseConvolution(.init(stride: 3), .sample([5, 3, 2, 2])), .uniform([1, 3, 10, 9]), .uniform([20])),
  ]
}

extension SparseConvolution {
  /// The gradient by the images: `Convolution.InputGradient` with the survivors alone.
  package struct InputGradient: PatternedPrimitive {
    package static let name = "sparse-convolution-input-gradient"
    package let windows: ConvolutionWindows
    package let pattern: SparsePattern
    /// The extents of the convolution's input.
    package let height: Int
    package let width: Int

    package init(_ windows: ConvolutionWindows, _ pattern: SparsePattern, height: Int, width: Int) {
      self.windows = windows
      self.pattern = pattern
      self.height = height
      self.width = width
    }

    private var dense: Convolution.InputGradient {
      Convolution.InputGradient(windows, height: height, width: width)
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[1] == ValueType([pattern.count]) else {
        throw ShapeError("\(inputs.listed) are no gradient and survivors for \(pattern)")
      }
      return try dense.outputs(for: [inputs[0], ValueType(pattern.shape)])
    }

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = windows.shape(signature.output(), pattern.shape) else { return Kernel { _, _ in } }
      let index = pattern.transposedIndex(shape)
      return Kernel(units: shape.batch, scratch: shape.sparseScratch(index)) { a, images in
        withUnsafePointer(to: shape) { shape in
          index.withPattern {
            ck_sparse_convolution_input_gradient(
              shape, $0, images.lowerBound, images.upperBound, a.input(0), a.input(1), a.output(), a.scratch)
          }
        }
      }
    }

    package func flops(for signature: Signature) -> Int { pattern.flops(signature.input(0)) }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      return [
        u.builder.apply(SparseConvolution(windows, pattern), u, call.inputs[1]),
        u.builder.apply(FilterGradient(windows, pattern), u, call.inputs[0]),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      dense.reference([inputs[0], pattern.scattered(inputs[1])], pattern.signature(signature))
    }

    package func with(_ pattern: SparsePattern) -> InputGradient {
      InputGradient(windows, pattern, height: height, width: width)
    }

    package static let samples = [
      Sample(
        InputGradient(.init(stride: 2, padding: 1), .sample([3, 2, 3, 3]), height: 6, width: 5),
        .uniform([2, 3, 3, 3]), .uniform([18])),
      Sample(
        InputGradient(.init(padding: 1), .sample([4, 3, 3, 3]), height: 6, width: 7), .uniform([2, 4, 6, 7]),
        .uniform([36])),
    ]
  }

  /// The gradient by the survivors: from x `[batch, in, …]` and g `[batch, out, …]` to `[count]`.
  package struct FilterGradient: PatternedPrimitive {
    package static let name = "sparse-convolution-filter-gradient"
    package let windows: ConvolutionWindows
    package let pattern: SparsePattern

    package init(_ windows: ConvolutionWindows, _ pattern: SparsePattern) {
      self.windows = windows
      self.pattern = pattern
    }

    private var dense: Convolution.FilterGradient {
      Convolution.FilterGradient(windows, height: pattern.shape[2], width: pattern.shape[3])
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard pattern.shape.rank == 4, try dense.outputs(for: inputs) == [ValueType(pattern.shape)] else {
        throw ShapeError("\(inputs.listed) are no images and gradient for \(pattern)")
      }
      return [ValueType([pattern.count])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = windows.shape(signature.input(0), pattern.shape) else { return Kernel { _, _ in } }
      let index = pattern.index(shape, reading: CK_COPIES)
      return Kernel(units: shape.out_channels, scratch: shape.sparseScratch(index)) { a, channels in
        withUnsafePointer(to: shape) { shape in
          index.withPattern {
            ck_sparse_convolution_filter_gradient(
              shape, $0, channels.lowerBound, channels.upperBound, a.input(0), a.input(1), a.output(),
              a.scratch)
          }
        }
      }
    }

    package func flops(for signature: Signature) -> Int { pattern.flops(signature.input(1)) }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      let x = call.inputs[0]
      return [
        u.builder.apply(
          InputGradient(windows, pattern, height: x.shape[2], width: x.shape[3]), call.inputs[1], u),
        u.builder.apply(SparseConvolution(windows, pattern), x, u),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      let types = Signature(inputs: signature.inputs, outputs: [ValueType(pattern.shape)])
      return dense.reference(inputs, types).map { gradient in
        ReferenceArray(signature.output(), pattern.places.map { gradient.scalars[Int($0)] })
      }
    }

    package func with(_ pattern: SparsePattern) -> FilterGradient { FilterGradient(windows, pattern) }

    package static let samples = [
      Sample(
        FilterGradient(.init(stride: 2, padding: 1), .sample([3, 2, 3, 3])), .uniform([2, 2, 6, 5]),
        .uniform([2, 3, 3, 3])),
      Sample(
        FilterGradient(.init(padding: 1), .sample([4, 3, 3, 3])), .uniform([3, 3, 6, 7]),
        .uniform([3, 4, 6, 7])),
    ]
  }
}

extension ck_convolution_shape {
  /// How the forward product reads x.
  fileprivate func reading(_ pattern: SparsePattern) -> ck_reading {
    withUnsafePointer(to: self) { ck_sparse_reading($0, pattern.count) }
  }

  fileprivate func sparseScratch(_ index: SparseIndex) -> Int {
    withUnsafePointer(to: self) { ck_sparse_convolution_scratch($0, index.longestRow) }
  }
}

extension SparsePattern {
  /// Where each survivor of `[out, in / groups, height, width]` stands: output channel, input channel and tap.
  private func taps(_ shape: ck_convolution_shape) -> some Sequence<(o: Int, c: Int, u: Int, v: Int)> {
    let (height, width) = (shape.kernel_height, shape.kernel_width)
    let channels = shape.in_channels / shape.groups
    return places.lazy.map { place in
      let place = Int(place)
      let o = place / (channels * height * width)
      let group = o / (shape.out_channels / shape.groups)
      return (
        o, group * channels + place / (height * width) % channels, place / width % height, place % width
      )
    }
  }

  /// The survivors by output channel.
  fileprivate func index(_ shape: ck_convolution_shape, reading: ck_reading) -> SparseIndex {
    withUnsafePointer(to: shape) { pointer in
      SparseIndex(
        rows: shape.out_channels, reading: reading,
        entries: taps(shape).map { ($0.o, ck_sparse_tap(pointer, reading, $0.c, $0.u, $0.v)) })
    }
  }

  /// The survivors by input channel and phase of the stride.
  fileprivate func transposedIndex(_ shape: ck_convolution_shape) -> SparseIndex {
    let (strideH, strideW) = (shape.stride_h, shape.stride_w)
    return withUnsafePointer(to: shape) { pointer in
      let reading = ck_sparse_gradient_reading(pointer, count)
      return SparseIndex(
        rows: shape.in_channels * strideH * strideW, reading: reading,
        sorting: taps(shape).map { tap in
          // The rows h with h + pad ≡ u modulo the stride are those that the tap meets.
          let down = (tap.u + shape.pad_h * (strideH - 1)) % strideH
          let across = (tap.v + shape.pad_w * (strideW - 1)) % strideW
          let row = (tap.c * strideH + down) * strideW + across
          return (row, ck_sparse_gradient_tap(pointer, reading, row, tap.o, tap.u, tap.v))
        })
    }
  }

  fileprivate func flops(_ outputs: Shape) -> Int { 2 * count * outputs[0] * outputs[2] * outputs[3] }

  /// The survivors in the whole weight, for the oracle.
  fileprivate func scattered(_ values: ReferenceArray) -> ReferenceArray {
    var weight = ReferenceArray(repeating: 0, shape)
    for (place, value) in zip(places, values.scalars) { weight.scalars[Int(place)] = value }
    return weight
  }

  /// A signature with the whole weight in place of the survivors.
  fileprivate func signature(_ sparse: Signature) -> Signature {
    var inputs = sparse.inputs
    inputs[1] = ValueType(shape)
    return Signature(inputs: inputs, outputs: sparse.outputs)
  }
}

extension Convolution: PrunablePrimitive {
  package func sparse(_ inputs: [Value], _ pattern: SparsePattern, survivors: Value) -> Value {
    let primitive = SparseConvolution(windows, pattern, hasBias: hasBias, rectifies: rectifies)
    return survivors.builder.applyAll(primitive, [inputs[0], survivors] + inputs.dropFirst(2))[0]
  }
}
