import CKernels
import CoppiceTensors

/// The sum `a + b`.
package struct Add: ElementwisePrimitive {
  package static let name = "add"
  package static let arity = 2

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_add(
      count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] + x[1] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    return [g, g]
  }

  package static let samples = [
    Sample(Add(), .uniform([3, 37]), .uniform([3, 37]))
  ]
}

extension Value {
  /// The sum, with the shapes brought together as `Value.aligned` says.
  public static func + (a: Value, b: Value) -> Value {
    let (a, b) = aligned(a, b)
    return a.builder.apply(Add(), a, b)
  }
}

extension Add: FlowPrimitive {}

extension Add: RelevanceSummingPrimitive {}

extension Add: AddingPrimitive {}

extension Add: OperatorPrimitive {
  package static let operatorName = "Add"
  package var repeatsInputs: Bool { true }
}
