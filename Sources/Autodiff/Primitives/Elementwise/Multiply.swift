import CKernels
import CoppiceTensors

/// The elementwise product `a · b`.
package struct Multiply: ElementwisePrimitive {
  package static let name = "multiply"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_multiply(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] * x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    return [g * call.inputs[1], g * call.inputs[0]]
  }

  package static let samples = [
    Sample(Multiply(), .uniform([3, 37]), .uniform([3, 37]))
  ]
}

extension Value {
  /// The elementwise product, with the shapes brought together as `Value.aligned` says.
  public static func * (a: Value, b: Value) -> Value {
    let (a, b) = aligned(a, b)
    return a.builder.apply(Multiply(), a, b)
  }
}

extension Multiply {
  /// One factor's paths go on where the other may be other than 0.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [.product(inputs[0], inputs[1], by: *)]
  }
}

extension Multiply: OperatorPrimitive {
  package static let operatorName = "Mul"
  package var repeatsInputs: Bool { true }
}
