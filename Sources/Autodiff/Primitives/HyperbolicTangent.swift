import CKernels
import CoppiceTensors
import Foundation

/// The hyperbolic tangent.
package struct HyperbolicTangent: ElementwisePrimitive {
  package static let name = "tanh"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_tanh(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Foundation.tanh(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    let y = call.outputs[0]
    return [g - g * y * y]
  }

  package static let samples = [
    Sample(HyperbolicTangent(), .uniform([5, 33]))
  ]
}

extension Value {
  /// The hyperbolic tangent.
  public var tanh: Value { builder.apply(HyperbolicTangent(), self) }
}
