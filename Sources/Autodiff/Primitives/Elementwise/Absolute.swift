import CKernels
import CoppiceTensors

/// The magnitude `|x|`; its derivative is the sign, 0 at 0.
package struct Absolute: ElementwisePrimitive {
  package static let name = "absolute"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_absolute(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { abs(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    let x = call.inputs[0]
    return [g * (x.step - (-x).step)]
  }

  package static let samples = [
    Sample(Absolute(), .uniform([5, 33]))
  ]
}

extension Value {
  /// The magnitude.
  public var magnitude: Value { builder.apply(Absolute(), self) }
}

extension Absolute: OperatorPrimitive {
  package static let operatorName = "Abs"
}
