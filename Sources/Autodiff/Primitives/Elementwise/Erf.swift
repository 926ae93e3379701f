import CKernels
import CoppiceTensors
import Foundation

/// The error function `(2/√π) ∫₀ˣ e^(−t²) dt`.
package struct Erf: ElementwisePrimitive {
  package static let name = "erf"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_erf(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Foundation.erf(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    let x = call.inputs[0]
    return [g * (x * x).scaled(by: -1).exponential.scaled(by: Float(2 / Double.pi.squareRoot()))]
  }

  package static let samples = [
    Sample(Erf(), .within([5, 33], -3...3))
  ]
}

extension Value {
  /// The error function.
  public var erf: Value { builder.apply(Erf(), self) }
}

extension Erf: OperatorPrimitive {
  package static let operatorName = "Erf"
}
