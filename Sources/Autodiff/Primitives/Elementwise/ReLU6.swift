import CKernels
import CoppiceTensors

/// The capped rectifier `min(max(x, 0), 6)`; NaN stays NaN. Its derivative at 0 and at 6 is 0 (Krizhevsky 2010; Sandler et al. 2018).
package struct ReLU6: ElementwisePrimitive, FinitePrimitive {
  package static let name = "relu6"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_relu6(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] >= 6 ? 6 : ReLU().value(x) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package static let samples = [
    Sample(ReLU6(), .within([5, 33], -4...10))
  ]
}

extension ReLU6 {
  /// The gradient through the capped rectifier, `0 < y < 6 ? g : 0`, from its output y.
  package struct Gradient: ElementwisePrimitive, FinitePrimitive {
    package static let name = "relu6-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_relu6_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func value(_ x: [Double]) -> Double { x[1] > 0 && x[1] < 6 ? x[0] : 0 }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let g = call.gradient else { return [nil, nil] }
      return [g.builder.apply(Gradient(), g, call.inputs[1]), nil]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .within([5, 33], -4...10))
    ]
  }
}

extension Value {
  /// The rectifier that ends at 6.
  public var relu6: Value { builder.apply(ReLU6(), self) }
}

extension ReLU6: FlowPrimitive {
  /// The rectifier without its cap, which would end what grows in proportion.
  package func flow(_ inputs: [Value]) -> [Value] { [inputs[0].relu] }
}

extension ReLU6: RelevanceKeepingPrimitive {}

extension ReLU6: UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { false }
  package func constant(_ number: Double, for signature: Signature) -> Double? { value([number]) }
}

extension ReLU6: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Clip", call.inputs + [.number(0), .number(6)])]
  }
}
