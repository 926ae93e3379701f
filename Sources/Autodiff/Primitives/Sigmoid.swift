import CKernels
import CoppiceTensors
import Foundation

/// The logistic function `1 / (1 + e⁻ˣ)`.
package struct Sigmoid: ElementwisePrimitive {
  package static let name = "sigmoid"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_sigmoid(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { 1 / (1 + Foundation.exp(-x[0])) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    let y = call.outputs[0]
    let gy = g * y
    return [gy - gy * y]
  }

  package static let samples = [
    Sample(Sigmoid(), .uniform([5, 33]))
  ]
}

extension Value {
  /// The logistic function.
  public var sigmoid: Value { builder.apply(Sigmoid(), self) }
}
