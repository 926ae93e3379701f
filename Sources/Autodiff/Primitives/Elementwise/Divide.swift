import CKernels
import CoppiceTensors

/// The elementwise quotient `a / b`.
package struct Divide: ElementwisePrimitive {
  package static let name = "divide"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_divide(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] / x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    let (b, y) = (call.inputs[1], call.outputs[0])
    return [g / b, -(g * y / b)]
  }

  package static let samples = [
    Sample(Divide(), .uniform([3, 37]), .within([3, 37], 0.5...2))
  ]
}

extension Value {
  /// The elementwise quotient, with the shapes brought together as `Value.aligned` says.
  public static func / (a: Value, b: Value) -> Value {
    let (a, b) = aligned(a, b)
    return a.builder.apply(Divide(), a, b)
  }
}

extension Divide {
  /// What is divided goes on; a divisor is other than 0, and has a part where something is divided.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [.product(inputs[0], inputs[1].filled(of: signature.output()), by: *)]
  }
}

extension Divide: OperatorPrimitive {
  package static let operatorName = "Div"
  package var repeatsInputs: Bool { true }
}
