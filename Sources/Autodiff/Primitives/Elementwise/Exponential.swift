import CKernels
import CoppiceTensors
import Foundation

/// The exponential `eˣ`, flushed to 0 below the contract's threshold.
package struct Exponential: ElementwisePrimitive {
  package static let name = "exponential"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_exp(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Foundation.exp(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g * call.outputs[0]]
  }

  package static let samples = [
    Sample(Exponential(), .uniform([5, 33]))
  ]
}

extension Value {
  /// The exponential.
  public var exponential: Value { builder.apply(Exponential(), self) }
}

extension Exponential: OperatorPrimitive {
  package static let operatorName = "Exp"
}
