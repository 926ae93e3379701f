import CKernels
import CoppiceTensors

/// The rectifier `max(x, 0)`; NaN stays NaN. Its derivative at 0 is 0.
package struct ReLU: ElementwisePrimitive, FinitePrimitive {
  package static let name = "relu"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_relu(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] > 0 ? x[0] : x[0].isNaN ? x[0] : 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package static let samples = [
    Sample(ReLU(), .uniform([5, 33]))
  ]
}

extension ReLU {
  /// The gradient through the rectifier, `y > 0 ? g : 0`, from its output y.
  package struct Gradient: ElementwisePrimitive, FinitePrimitive {
    package static let name = "relu-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_relu_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func value(_ x: [Double]) -> Double { x[1] > 0 ? x[0] : 0 }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let g = call.gradient else { return [nil, nil] }
      return [g.builder.apply(Gradient(), g, call.inputs[1]), nil]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .uniform([5, 33]))
    ]
  }
}

extension Value {
  /// The rectifier.
  public var relu: Value { builder.apply(ReLU(), self) }
}

extension ReLU: FlowPrimitive {}

extension ReLU: RelevanceKeepingPrimitive {}

extension ReLU: UnitwisePrimitive {
  package func constant(_ number: Double, for signature: Signature) -> Double? { value([number]) }
}

extension ReLU: OperatorPrimitive {
  package static let operatorName = "Relu"
}
