import CKernels
import CoppiceTensors

/// The smaller of a and b, element by element; NaN where either is. Where they are equal the gradient goes to b.
package struct Minimum: ElementwisePrimitive {
  package static let name = "minimum"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_minimum(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0].isNaN || x[0] < x[1] ? x[0] : x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    let (a, b) = (call.inputs[0], call.inputs[1])
    let gradientOfA = g.builder.apply(ReLU.Gradient(), g, b - a)
    return [gradientOfA, g - gradientOfA]
  }

  package static let samples = [
    Sample(Minimum(), .uniform([5, 33]), .uniform([5, 33]))
  ]
}

extension Value {
  /// The smaller of two values, element by element, with the shapes brought together as `Value.aligned` says.
  public func minimum(_ other: Value) -> Value {
    let (a, b) = Value.aligned(self, other)
    return builder.apply(Minimum(), a, b)
  }
}

extension Minimum: OperatorPrimitive {
  package static let operatorName = "Min"
  package var repeatsInputs: Bool { true }
}
