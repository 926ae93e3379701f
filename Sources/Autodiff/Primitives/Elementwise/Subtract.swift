import CKernels
import CoppiceTensors

/// The difference `a − b`.
package struct Subtract: ElementwisePrimitive {
  package static let name = "subtract"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_subtract(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] - x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    return [g, -g]
  }

  package static let samples = [
    Sample(Subtract(), .uniform([3, 37]), .uniform([3, 37]))
  ]
}

extension Value {
  /// The difference, with the shapes brought together as `Value.aligned` says.
  public static func - (a: Value, b: Value) -> Value {
    let (a, b) = aligned(a, b)
    return a.builder.apply(Subtract(), a, b)
  }
}

extension Subtract: OperatorPrimitive {
  package static let operatorName = "Sub"
  package var repeatsInputs: Bool { true }
}
