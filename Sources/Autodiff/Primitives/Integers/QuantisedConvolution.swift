import CKernels
import CoppiceTensors

/// A convolution of integers in one group, channels last: of the codes x `[batch, height, width, in]` the sums of `(x − zero) · w` over
/// each window, the padding being 0; then, where there is one, a residual `[batch, rows, columns, out]` of numbers is added to what the
/// sums stand for; then what `QuantisedFinish` says. The result is `[batch, rows, columns, out]`.
package struct QuantisedConvolution: UndifferentiablePrimitive, ExamplewisePrimitive {
  package static let name = "quantised-convolution"
  package let weight: QuantisedWeight
  package let windows: ConvolutionWindows
  package let hasResidual: Bool
  package let finish: QuantisedFinish

  package init(
    _ weight: QuantisedWeight, _ windows: ConvolutionWindows, hasResidual: Bool = false,
    _ finish: QuantisedFinish = QuantisedFinish()
  ) {
    (self.weight, self.windows) = (weight, windows)
    (self.hasResidual, self.finish) = (hasResidual, finish)
  }

  /// The kernels' form for x with channels last.
  private func shape(_ x: Shape) -> ck_convolution_shape? {
    guard x.rank == 4, weight.shape.rank == 4, windows.groups == 1 else { return nil }
    return windows.shape([x[0], x[3], x[1], x[2]], weight.shape)
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasResidual ? 2 : 1), inputs[0].element == .byte,
      let shape = shape(inputs[0].shape), QuantisedWeight.fits(weight.shape)
    else {
      throw ShapeError("x must be bytes [batch, height, width, in] for \(weight), not \(inputs.listed)")
    }
    let output = Shape([shape.batch, shape.out_height, shape.out_width, shape.out_channels])
    guard !hasResidual || inputs[1] == ValueType(output) else {
      throw ShapeError("what is added must be \(output), not \(inputs[1])")
    }
    return [ValueType(output, finish.element)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    guard let shape = shape(signature.input(0)) else { return Kernel { _, _ in } }
    let packed = PackedWeight(weight, finish)
    let (hasResidual, givesCodes, zero) = (hasResidual, finish.output != nil, weight.inputZero)
    // A few images are shared by bands of their rows.
    let bands = shape.batch < 4 ? min(shape.out_height, 4) : 1
    let scratch = withUnsafePointer(to: shape) { ck_integer_convolution_scratch(packed.form, $0) }
    return Kernel(units: shape.batch * bands, scratch: scratch) { arguments, units in
      packed.withKernelForms { weight, finish in
        withUnsafePointer(to: shape) { shape in
          func run(_ images: Range<Int>, _ rows: Range<Int>) {
            ck_integer_convolution(
              shape, weight, images.lowerBound, images.upperBound, rows.lowerBound, rows.upperBound,
              arguments.bytes(0), zero, finish, hasResidual ? arguments.input(1) : nil,
              givesCodes ? nil : arguments.output(), givesCodes ? arguments.byteOutput() : nil,
              arguments.scratch)
          }
          let height = shape.pointee.out_height
          if bands == 1 { return run(units, 0..<height) }
          for unit in units {
            let (image, band) = (unit / bands, unit % bands)
            run(image..<image + 1, band * height / bands..<(band + 1) * height / bands)
          }
        }
      }
    }
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? { hasResidual ? [0, 1] : [0] }

  package func flops(for signature: Signature) -> Int {
    2.times(signature.output().axes.dropLast().product).times(weight.multiplied)
      .plus(hasResidual ? signature.output().count : 0)
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let x = inputs[0], zero = Double(weight.inputZero)
    var y = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: y.shape) {
      var sum = 0.0
      for tap in ReferenceArray.coordinates(of: Shape(Array(weight.shape.axes.dropFirst()))) {
        let row = place[1] * windows.stride + tap[1] - windows.padding
        let column = place[2] * windows.stride + tap[2] - windows.padding
        guard (0..<x.shape[1]).contains(row), (0..<x.shape[2]).contains(column) else { continue }
        let code = weight.codes[
          ((place[3] * weight.shape[1] + tap[0]) * weight.shape[2] + tap[1]) * weight.shape[3] + tap[2]]
        sum += (x[place[0], row, column, tap[0]] - zero) * Double(code)
      }
      y[place] = finish.value(
        Int(sum), weight, row: place[3], residual: hasResidual ? Float(inputs[1][place]) : nil)
    }
    return [y]
  }

  package static let samples = [
    Sample(QuantisedConvolution(.sample([5, 3, 3, 3]), .init(padding: 1)), .bytes([2, 6, 7, 3])),
    Sample(
      QuantisedConvolution(
        .sample([18, 16, 3, 3], zero: 0), .init(stride: 2, padding: 1), hasResidual: true,
        QuantisedFinish(.relu)),
      .bytes([1, 7, 8, 16]), .uniform([1, 4, 4, 18])),
    Sample(
      QuantisedConvolution(
        .sample([33, 4, 1, 1]), .init(), QuantisedFinish(.relu6, output: AffineCode(below: 0, above: 1))),
      .bytes([5, 3, 5, 4])),
    Sample(
      QuantisedConvolution(
        .sample([16, 20, 3, 3], zero: 255, one: 12), .init(padding: 1),
        QuantisedFinish(output: AffineCode(below: 1, above: 1))),
      .bytes([1, 9, 9, 20])),
    Sample(
      QuantisedConvolution(.sample([32, 32, 3, 3], one: 12, length: 9), .init(padding: 1)),
      .bytes([1, 9, 9, 32])),
  ]
}
