import CKernels
import CoppiceTensors

/// A two-dimensional convolution (cross-correlation, as everywhere in deep learning), with a bias and a rectifier where asked:
/// `y[n, o, i, j] = Σ_{c, u, v} w[o, c, u, v] · x[n, c, i·stride + u − padding, j·stride + v − padding] + b[o]`, zeros around x.
/// x `[batch, in, height, width]`, w `[out, in / groups, kernel height, kernel width]`, b `[out]`; channels of y see only the
/// channels of x in their own group.
package struct Convolution: ExamplewisePrimitive {
  package static let name = "convolution"
  package let windows: ConvolutionWindows
  package let hasBias: Bool
  package let rectifies: Bool

  package init(
    _ windows: ConvolutionWindows = ConvolutionWindows(), hasBias: Bool = false, rectifies: Bool = false
  ) {
    self.windows = windows
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasBias ? 3 : 2), inputs.allSatisfy({ $0.element == .float32 }),
      let shape = windows.shape(inputs[0].shape, inputs[1].shape),
      !hasBias || inputs[2].shape == Shape([inputs[1].shape[0]])
    else {
      throw ShapeError(
        "x, w and b must be [batch, in, height, width], [out, in / groups, kernel height, kernel width] and [out]"
          + " with windows that fit, not \(inputs.listed) with \(windows)")
    }
    return [ValueType(shape.outputShape)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    guard let shape = windows.shape(signature.input(0), signature.input(1)) else { return Kernel { _, _ in } }
    let (hasBias, activation) = (hasBias, Int32(rectifies ? CK_RELU : CK_IDENTITY))
    return ForwardShare.kernel(shape) { arguments, share in
      withUnsafePointer(to: share.shape) {
        ck_convolution_forward(
          $0, share.images.lowerBound, share.images.upperBound, arguments.input(0) + share.source,
          arguments.input(1) + share.filter,
          hasBias ? arguments.input(2) + share.channels.lowerBound : nil, activation,
          arguments.output() + share.target, arguments.scratch)
      }
    }
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? {
    guard let shape = windows.shape(signature.input(0), signature.input(1)) else { return nil }
    return withUnsafePointer(to: shape) { ck_convolution_by_images($0) } == 0 ? [0] : nil
  }

  package func flops(for signature: Signature) -> Int {
    2.times(signature.output().count).times(signature.input(1).axes.dropFirst().product)
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let gradient = call.gradient else { return call.inputs.map { _ in nil } }
    let (x, weight) = (call.inputs[0], call.inputs[1])
    let (g, bias) = gradient.throughRectifier(of: call.outputs[0], rectifies, hasBias: hasBias)
    return [
      g.builder.apply(InputGradient(windows, height: x.shape[2], width: x.shape[3]), g, weight),
      g.builder.apply(FilterGradient(windows, height: weight.shape[2], width: weight.shape[3]), x, g),
    ] + bias
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var y = ReferenceArray(repeating: 0, signature.output())
    windows.shape(signature.input(0), signature.input(1))?.forEachTap { x, w, place in
      y.scalars[place] += inputs[0].scalars[x] * inputs[1].scalars[w]
    }
    let plane = y.shape[2] * y.shape[3]
    for place in y.scalars.indices {
      if hasBias { y.scalars[place] += inputs[2].scalars[place / plane % y.shape[1]] }
      if rectifies { y.scalars[place] = ReLU().value([y.scalars[place]]) }
    }
    return [y]
  }

  package static let samples = [
    Sample(Convolution(), .uniform([2, 3, 6, 7]), .uniform([4, 3, 3, 3])),
    Sample(Convolution(.init(stride: 2, padding: 1)), .uniform([3, 2, 8, 5]), .uniform([3, 2, 3, 3])),
    Sample(
      Convolution(.init(padding: 2, groups: 2), hasBias: true), .uniform([2, 4, 5, 4]),
      .uniform([6, 2, 5, 3]),
      .uniform([6])),
    Sample(
      Convolution(.init(padding: 1, groups: 3), hasBias: true, rectifies: true), .uniform([2, 3, 4, 4]),
      .uniform([3, 1, 3, 3]), .uniform([3])),
    Sample(Convolution(.init(stride: 2)), .uniform([1, 5, 4, 4]), .uniform([70, 5, 1, 1])),
    Sample(
      Convolution(.init(padding: 1), hasBias: true), .uniform([1, 16, 7, 8]), .uniform([40, 16, 3, 3]),
      .uniform([40])),
  ]
}

/// How the windows of a convolution lie: their stride and the zeros around the plane, in both directions, and the groups into
/// which channels are parted.
package struct ConvolutionWindows: Hashable, Sendable, CustomStringConvertible {
  package let stride: Int
  package let padding: Int
  package let groups: Int

  package init(stride: Int = 1, padding: Int = 0, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  package var description: String { "stride \(stride), padding \(padding), groups \(groups)" }

  /// The kernels' form for x `[batch, in, height, width]` and w; `nil` where they do not go together.
  func shape(_ x: Shape, _ w: Shape) -> ck_convolution_shape? {
    guard x.rank == 4, w.rank == 4, stride >= 1, groups >= 1, w.axes.allSatisfy({ $0 > 0 }),
      (0...GraphBuilder.mostElements).contains(padding), w[0] % groups == 0, x[1] % groups == 0,
      x[1] / groups == w[1]
    else { return nil }
    let (height, width) = (x[2] + 2 * padding - w[2], x[3] + 2 * padding - w[3])
    guard height >= 0, width >= 0 else { return nil }
    return ck_convolution_shape(
      batch: x[0], in_channels: x[1], in_height: x[2], in_width: x[3], out_channels: w[0],
      kernel_height: w[2],
      kernel_width: w[3], stride_h: stride, stride_w: stride, pad_h: padding, pad_w: padding, groups: groups,
      out_height: height / stride + 1, out_width: width / stride + 1)
  }
}

extension ck_convolution_shape {
  var outputShape: Shape { [batch, out_channels, out_height, out_width] }

  /// Every product of the sums: its places in x, in w and in y.
  func forEachTap(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    let channels = in_channels / groups
    for y in ReferenceArray.coordinates(of: outputShape) {
      for tap in ReferenceArray.coordinates(of: [channels, kernel_height, kernel_width]) {
        let channel = y[1] / (out_channels / groups) * channels + tap[0]
        let (row, column) = (y[2] * stride_h + tap[1] - pad_h, y[3] * stride_w + tap[2] - pad_w)
        guard (0..<in_height).contains(row), (0..<in_width).contains(column) else { continue }
        body(
          ((y[0] * in_channels + channel) * in_height + row) * in_width + column,
          ((y[1] * channels + tap[0]) * kernel_height + tap[1]) * kernel_width + tap[2],
          ((y[0] * out_channels + y[1]) * out_height + y[2]) * out_width + y[3])
      }
    }
  }
}

extension Value {
  /// The convolution of `[batch, in, height, width]` with filters `[out, in / groups, kernel height, kernel width]`, of stride
  /// `stride` and with `padding` zeros on each side, then a bias `[out]` and a rectifier where asked.
  public func convolution(
    _ weight: Value, bias: Value? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    rectifies: Bool = false
  ) -> Value {
    let windows = ConvolutionWindows(stride: stride, padding: padding, groups: groups)
    let convolution = Convolution(windows, hasBias: bias != nil, rectifies: rectifies)
    return builder.applyAll(convolution, [self, weight] + (bias.map { [$0] } ?? []))[0]
  }
}

extension Convolution: AxisTied {
  /// Of one group: channels of x are those of each filter; filters are places of the bias and channels of y. Of several, depthwise
  /// among them: a group is one, with all its channels and filters, so that the others stay as they are. Rows and columns are untied.
  package func ties(for signature: Signature) -> [AxisTie] {
    let (x, weight) = (PortAxis.input(0, axis: 1), PortAxis.input(1, axis: 0))
    let y = PortAxis.output(axis: 1)
    let common =
      AxisTie.same(0..<1) + [AxisTie(weight, y, label: "channel")]
      + (hasBias ? [AxisTie(.input(2, axis: 0), y)] : [])
    guard windows.groups > 1 else { return common + [AxisTie(x, .input(1, axis: 1), isSummed: true)] }
    let (channels, filters) = (signature.input(1)[1], signature.input(1)[0] / windows.groups)
    let groups = (0..<windows.groups).flatMap { group in
      (0..<channels).map { AxisTie.Pair(group * channels + $0, group * filters) }
    }
    let members = (0..<windows.groups * filters).map { AxisTie.Pair($0, $0 / filters * filters) }
    return common + [AxisTie(x, y, pairs: groups), AxisTie(y, y, pairs: members)]
  }

  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> Convolution? {
    let groups = windows.groups == 1 ? 1 : kept[.input(0, axis: 1)].count / signature.input(1)[1]
    return Convolution(
      ConvolutionWindows(stride: windows.stride, padding: windows.padding, groups: groups), hasBias: hasBias,
      rectifies: rectifies)
  }

  package var keepsZeros: Bool { !hasBias }
}

extension Convolution: PathPrimitive {
  /// The bias begins no path.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    let plain = Convolution(windows)
    let product = Reach.product(inputs[0], inputs[1]) { $0.builder.apply(plain, $0, $1) }
    let alive =
      hasBias ? product.alive + inputs[2].alive.spreadOverChannels(of: signature.output()) : product.alive
    return [Reach(alive: alive, carried: product.carried)]
  }
}

extension Convolution: FlowPrimitive {
  /// The bias adds no flow.
  package func flow(_ inputs: [Value]) -> [Value] {
    [inputs[0].builder.apply(Convolution(windows), inputs[0], inputs[1])]
  }
}

extension Convolution: RelevancePrimitive {
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    let bias = hasBias ? call.inputs[2].spreadOverChannels(of: call.outputs[0].shape) : nil
    return [call.parted(Convolution(windows), weight: call.inputs[1], bias: bias)]
      + call.inputs.dropFirst().map { _ in nil }
  }
}

extension Convolution: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let weight = call.signature.input(1)
    let output = call.apply(
      "Conv", call.inputs,
      [
        "kernel_shape": .integers([weight[2], weight[3]]),
        "strides": .integers([windows.stride, windows.stride]),
        "pads": .integers([Int](repeating: windows.padding, count: 4)), "group": .integer(windows.groups),
      ])
    return [rectifies ? call.apply("Relu", [output]) : output]
  }
}
