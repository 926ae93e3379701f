import CKernels
import CoppiceTensors

/// The negative `−x`.
package struct Negate: ElementwisePrimitive {
  package static let name = "negate"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_negate(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { -x[0] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [-g]
  }

  package static let samples = [
    Sample(Negate(), .uniform([5, 33]))
  ]
}

extension Value {
  /// The negative.
  public static prefix func - (x: Value) -> Value { x.builder.apply(Negate(), x) }
}

extension Negate: OperatorPrimitive {
  package static let operatorName = "Neg"
}
