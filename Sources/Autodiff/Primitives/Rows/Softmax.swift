import CKernels
import CoppiceTensors

/// The softmax over the last axis, `y[…, i] = e^(x[…, i] − max) / Σⱼ e^(x[…, j] − max)`.
package struct Softmax: RowPrimitive {
  package static let name = "softmax"
  package static let arity = 1

  package init() {}

  package func run(_ rows: Int, width: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_softmax(rows, width, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [softmaxRows(inputs[0])]
  }

  package static let samples = [
    Sample(Softmax(), .within([4, 33], -4...4)), Sample(Softmax(), .within([2, 3, 5], -4...4)),
  ]
}

extension Softmax {
  /// `z = y · (g − Σⱼ gⱼ yⱼ)` from the gradient g and the softmax y.
  package struct Gradient: RowPrimitive, FusedPrimitive {
    package static let name = "softmax-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ rows: Int, width: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_softmax_gradient(
        rows, width, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, y) = (inputs[0], inputs[1])
      let last = y.shape.rank - 1
      return [y * (g - (g * y).summed(over: last).expanded(at: last, count: y.shape[last]))]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([4, 33]), .within([4, 33], 0...1))
    ]
  }
}

extension Value {
  /// The softmax over the last axis.
  public var softmax: Value { builder.apply(Softmax(), self) }
}

extension Softmax: AxisTied {
  /// The rows; their elements are untied, since each depends on all.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices.dropLast())
  }
}

extension Softmax: PathPrimitive {
  /// An element depends on its whole row.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] { [inputs[0].spreadOverRows] }
}

extension Softmax: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Softmax", call.inputs, ["axis": .integer(-1)])]
  }
}
