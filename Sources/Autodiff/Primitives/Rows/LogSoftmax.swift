import CKernels
import CoppiceTensors
import Foundation

/// The logarithm of the softmax over the last axis, `y[…, i] = x[…, i] − max − ln Σⱼ e^(x[…, j] − max)`.
package struct LogSoftmax: RowPrimitive {
  package static let name = "log-softmax"
  package static let arity = 1

  package init() {}

  package func run(_ rows: Int, width: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_log_softmax(rows, width, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [softmaxRows(inputs[0]).map(Foundation.log)]
  }

  package static let samples = [
    Sample(LogSoftmax(), .within([4, 33], -4...4)), Sample(LogSoftmax(), .within([2, 3, 5], -4...4)),
  ]
}

extension LogSoftmax {
  /// `z = g − e^y · Σⱼ gⱼ` from the gradient g and the log-softmax y.
  package struct Gradient: RowPrimitive, FusedPrimitive {
    package static let name = "log-softmax-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ rows: Int, width: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_log_softmax_gradient(
        rows, width, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, y) = (inputs[0], inputs[1])
      let last = y.shape.rank - 1
      return [g - y.exponential * g.summed(over: last).expanded(at: last, count: y.shape[last])]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([4, 33]), .within([4, 33], -4...0))
    ]
  }
}

extension Value {
  /// The logarithm of the softmax over the last axis.
  public var logSoftmax: Value { builder.apply(LogSoftmax(), self) }
}

extension LogSoftmax: AxisTied {
  /// The rows; their elements are untied, since each depends on all.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices.dropLast())
  }
}

extension LogSoftmax: PathPrimitive {
  /// An element depends on its whole row.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] { [inputs[0].spreadOverRows] }
}

extension LogSoftmax: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("LogSoftmax", call.inputs, ["axis": .integer(-1)])]
  }
}
