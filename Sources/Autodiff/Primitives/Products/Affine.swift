import CKernels
import CoppiceTensors

/// A linear layer in one pass, `y = x · Wᵀ + b`, with a rectifier behind it where asked: x `[…, in]`, W `[out, in]`,
/// b `[out]` (optional), y `[…, out]`.
package struct Affine: FusedPrimitive, ExamplewisePrimitive {
  package static let name = "affine"
  package let hasBias: Bool
  package let rectifies: Bool

  package init(hasBias: Bool, rectifies: Bool = false) {
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasBias ? 3 : 2), inputs.allSatisfy({ $0.element == .float32 }),
      inputs[0].shape.rank >= 2, inputs[1].shape.rank == 2, inputs[0].shape[-1] == inputs[1].shape[1],
      !hasBias || inputs[2].shape == Shape([inputs[1].shape[0]])
    else {
      throw ShapeError(
        "x, W and b must be […, in], [out, in] and [out], not "
          + inputs.map(\.description).joined(separator: ", "))
    }
    return [ValueType(Shape(inputs[0].shape.axes.dropLast() + [inputs[1].shape[0]]))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (inputs, outputs) = (signature.input(1)[1], signature.input(1)[0])
    let rows = signature.input(0).count / max(1, inputs)
    let (hasBias, activation) = (hasBias, Int32(rectifies ? CK_RELU : CK_IDENTITY))
    // A matrix of more than a megabyte, for few rows: every thread would read all of it.
    let readsMuch = outputs * inputs > 1 << 18 && rows <= 2 * CK_TURNED_ROWS
    return Kernel.product(
      rows: rows, columns: outputs, grain: ck_is_turned_product(rows, outputs) != 0 ? 4 : 16,
      readsMuch: readsMuch, scratch: ck_product_scratch(rows, outputs, inputs)
    ) { arguments, band, columns in
      ck_product(
        band.count, columns.count, inputs, arguments.input(0) + band.lowerBound * inputs, inputs, 1,
        arguments.input(1) + columns.lowerBound * inputs, 1, inputs,
        arguments.output() + band.lowerBound * outputs + columns.lowerBound, outputs,
        hasBias ? arguments.input(2) + columns.lowerBound : nil, activation, arguments.scratch)
    }
  }

  package func flops(for signature: Signature) -> Int {
    2.times(signature.output().count).times(signature.input(1)[1])
  }

  package func definition(_ inputs: [Value]) -> [Value] {
    var y = inputs[0].product(inputs[1], transposingOther: true)
    if hasBias { y = y + inputs[2] }
    return [rectifies ? y.relu : y]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard var g = call.gradient else { return call.inputs.map { _ in nil } }
    let (x, weight) = (call.inputs[0], call.inputs[1])
    if rectifies { g = g.builder.apply(ReLU.Gradient(), g, call.outputs[0]) }
    let rows = g.mergingAxes(0, count: g.shape.rank - 1)
    let gradients = [
      g.product(weight), rows.product(x.mergingAxes(0, count: x.shape.rank - 1), transposingSelf: true),
    ]
    return hasBias ? gradients + [rows.summed(over: 0)] : gradients
  }

  package static let samples = [
    Sample(Affine(hasBias: true), .uniform([5, 7]), .uniform([3, 7]), .uniform([3])),
    Sample(Affine(hasBias: false), .uniform([2, 5, 7]), .uniform([3, 7])),
    Sample(Affine(hasBias: true, rectifies: true), .uniform([5, 7]), .uniform([40, 7]), .uniform([40])),
  ]
}

extension Affine: AxisTied {
  /// Features of x are columns of the weight; rows of the weight are places of the bias and features of y.
  package func ties(for signature: Signature) -> [AxisTie] {
    let last = signature.input(0).rank - 1
    return AxisTie.same(0..<last) + [
      AxisTie(.input(0, axis: last), .input(1, axis: 1), isSummed: true),
      AxisTie(.input(1, axis: 0), .output(axis: last)),
    ] + (hasBias ? [AxisTie(.input(2, axis: 0), .output(axis: last))] : [])
  }

  package var keepsZeros: Bool { !hasBias }
}

extension Affine: FlowPrimitive {
  /// The bias adds no flow.
  package func flow(_ inputs: [Value]) -> [Value] {
    [inputs[0].builder.apply(Affine(hasBias: false), inputs[0], inputs[1])]
  }
}

extension Affine: RelevancePrimitive {
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    let bias = hasBias ? call.inputs[2] : nil
    return [call.parted(Affine(hasBias: false), weight: call.inputs[1], bias: bias)]
      + call.inputs.dropFirst().map { _ in nil }
  }
}

extension Affine: ExportablePrimitive {
  /// One product of all rows, so that the weight stays as it is laid out.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let (x, y) = (call.signature.input(0), call.signature.output())
    var inputs = call.inputs
    if x.rank > 2 { inputs[0] = call.reshape(inputs[0], [x.axes.dropLast().product, x[-1]]) }
    var output = call.apply("Gemm", inputs, ["transB": .integer(1)])
    if rectifies { output = call.apply("Relu", [output]) }
    return [x.rank > 2 ? call.reshape(output, y) : output]
  }
}
