import CKernels
import CoppiceTensors

extension Convolution {
  /// The gradient of a convolution by its input: from g `[batch, out, …]` and the filters to `[batch, in, height, width]`.
  /// Linear in both.
  package struct InputGradient: Primitive {
    package static let name = "convolution-input-gradient"
    package let windows: ConvolutionWindows
    /// The extents of the convolution's input.
    package let height: Int
    package let width: Int

    package init(_ windows: ConvolutionWindows, height: Int, width: Int) {
      self.windows = windows
      self.height = height
      self.width = width
    }

    private func shape(_ g: Shape, _ w: Shape) -> ck_convolution_shape? {
      guard g.rank == 4, w.rank == 4,
        let shape = windows.shape([g[0], w[1] * windows.groups, height, width], w),
        shape.outputShape == g
      else { return nil }
      return shape
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs.allSatisfy({ $0.element == .float32 }),
        let shape = shape(inputs[0].shape, inputs[1].shape)
      else {
        throw ShapeError(
          "\(inputs.listed) are no gradient and filters of a convolution of [\(height), \(width)] with \(windows)"
        )
      }
      return [ValueType([shape.batch, shape.in_channels, height, width])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = shape(signature.input(0), signature.input(1)) else { return Kernel { _, _ in } }
      let scratch = withUnsafePointer(to: shape) { ck_convolution_input_gradient_scratch($0) }
      return Kernel(units: shape.batch, scratch: scratch) { arguments, images in
        withUnsafePointer(to: shape) {
          ck_convolution_input_gradient(
            $0, images.lowerBound, images.upperBound, arguments.input(0), arguments.input(1),
            arguments.output(),
            arguments.scratch)
        }
      }
    }

    package func flops(for signature: Signature) -> Int {
      2.times(signature.input(0).count).times(signature.input(1).axes.dropFirst().product)
    }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      let (g, w) = (call.inputs[0], call.inputs[1])
      return [
        u.builder.apply(Convolution(windows), u, w),
        u.builder.apply(FilterGradient(windows, height: w.shape[2], width: w.shape[3]), u, g),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      shape(signature.input(0), signature.input(1))?.forEachTap { x, w, y in
        gradient.scalars[x] += inputs[0].scalars[y] * inputs[1].scalars[w]
      }
      return [gradient]
    }

    package static let samples = [
      Sample(
        InputGradient(.init(stride: 2, padding: 1), height: 6, width: 5), .uniform([2, 3, 3, 3]),
        .uniform([3, 2, 3, 3])),
      Sample(
        InputGradient(.init(padding: 1), height: 7, width: 8), .uniform([3, 20, 7, 8]),
        .uniform([20, 16, 3, 3])),
    ]
  }

  /// The gradient of a convolution by its filters: from x `[batch, in, …]` and g `[batch, out, …]` to
  /// `[out, in / groups, height, width]`. Linear in both.
  package struct FilterGradient: Primitive {
    package static let name = "convolution-filter-gradient"
    package let windows: ConvolutionWindows
    /// The extents of the filters.
    package let height: Int
    package let width: Int

    package init(_ windows: ConvolutionWindows, height: Int, width: Int) {
      self.windows = windows
      self.height = height
      self.width = width
    }

    private func shape(_ x: Shape, _ g: Shape) -> ck_convolution_shape? {
      guard x.rank == 4, g.rank == 4, windows.groups >= 1,
        let shape = windows.shape(x, [g[1], x[1] / windows.groups, height, width]), shape.outputShape == g
      else { return nil }
      return shape
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs.allSatisfy({ $0.element == .float32 }),
        let shape = shape(inputs[0].shape, inputs[1].shape)
      else {
        throw ShapeError(
          "\(inputs.listed) are no input and gradient of a convolution with [\(height), \(width)] and \(windows)"
        )
      }
      return [ValueType([shape.out_channels, shape.in_channels / shape.groups, height, width])]
    }

    /// Threads share output channels where there are enough of them for whole panels, and always by Winograd's transforms or by
    /// sources, where each thread transforms or turns all of x. Elsewhere they share input channels or, with a single one, places of the window.
    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = shape(signature.input(0), signature.input(1)) else { return Kernel { _, _ in } }
      let (scratch, isTransformed, isBySources) = withUnsafePointer(to: shape) {
        (
          ck_convolution_filter_gradient_scratch($0), ck_convolution_by_winograd($0) != 0,
          ck_filter_gradient_by_sources($0) != 0
        )
      }
      let (outputs, area, columns) = (
        shape.out_channels, height * width, signature.output().count / shape.out_channels
      )
      let sharesOutputs =
        isTransformed || isBySources || shape.groups > 1 || outputs >= 2 * CK_PRODUCT_COLUMNS
      let outputsTogether =
        isTransformed ? 8 : isBySources ? 4 : shape.groups > 1 ? 1 : CK_PRODUCT_COLUMNS
      let unit = sharesOutputs ? outputsTogether : columns > area ? area : 1
      let length = sharesOutputs ? outputs : columns
      return Kernel(units: (length + unit - 1) / unit, scratch: scratch) { arguments, range in
        let band = (range.lowerBound * unit)..<min(range.upperBound * unit, length)
        let (channels, places) = sharesOutputs ? (band, 0..<columns) : (0..<outputs, band)
        withUnsafePointer(to: shape) {
          ck_convolution_filter_gradient(
            $0, channels.lowerBound, channels.upperBound, places.lowerBound, places.upperBound,
            arguments.input(0),
            arguments.input(1), arguments.output(), arguments.scratch)
        }
      }
    }

    package func flops(for signature: Signature) -> Int {
      2.times(signature.input(1).count).times(signature.output().axes.dropFirst().product)
    }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      let (x, g) = (call.inputs[0], call.inputs[1])
      return [
        u.builder.apply(InputGradient(windows, height: x.shape[2], width: x.shape[3]), g, u),
        u.builder.apply(Convolution(windows), x, u),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      shape(signature.input(0), signature.input(1))?.forEachTap { x, w, y in
        gradient.scalars[w] += inputs[0].scalars[x] * inputs[1].scalars[y]
      }
      return [gradient]
    }

    package static let samples = [
      Sample(
        FilterGradient(.init(stride: 2, padding: 1), height: 3, width: 3), .uniform([2, 2, 6, 5]),
        .uniform([2, 3, 3, 3])),
      Sample(FilterGradient(.init(), height: 2, width: 2), .uniform([2, 3, 4, 4]), .uniform([2, 70, 3, 3])),
      Sample(
        FilterGradient(.init(padding: 1), height: 3, width: 3), .uniform([3, 16, 7, 8]),
        .uniform([3, 20, 7, 8])),
    ]
  }
}
