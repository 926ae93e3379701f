import CKernels
import CoppiceTensors

/// The larger of a and b, element by element; NaN where either is. Where they are equal the gradient goes to b.
package struct Maximum: ElementwisePrimitive {
  package static let name = "maximum"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_maximum(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0].isNaN || x[0] > x[1] ? x[0] : x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    let (a, b) = (call.inputs[0], call.inputs[1])
    let gradientOfA = g.builder.apply(ReLU.Gradient(), g, a - b)
    return [gradientOfA, g - gradientOfA]
  }

  package static let samples = [
    Sample(Maximum(), .uniform([5, 33]), .uniform([5, 33]))
  ]
}

extension Value {
  /// The larger of two values, element by element, with the shapes brought together as `Value.aligned` says.
  public func maximum(_ other: Value) -> Value {
    let (a, b) = Value.aligned(self, other)
    return builder.apply(Maximum(), a, b)
  }
}

extension Maximum: OperatorPrimitive {
  package static let operatorName = "Max"
  package var repeatsInputs: Bool { true }
}
