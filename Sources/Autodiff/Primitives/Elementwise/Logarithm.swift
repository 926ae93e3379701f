import CKernels
import CoppiceTensors
import Foundation

/// The natural logarithm.
package struct Logarithm: ElementwisePrimitive {
  package static let name = "logarithm"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_log(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Foundation.log(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g / call.inputs[0]]
  }

  package static let samples = [
    Sample(Logarithm(), .within([5, 33], 0.1...4))
  ]
}

extension Value {
  /// The natural logarithm.
  public var logarithm: Value { builder.apply(Logarithm(), self) }
}

extension Logarithm: OperatorPrimitive {
  package static let operatorName = "Log"
}
