import CKernels
import CoppiceTensors
import Foundation

/// The logistic function `1 / (1 + e⁻ˣ)`.
package struct Sigmoid: ElementwisePrimitive, FinitePrimitive {
  package static let name = "sigmoid"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_sigmoid(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { 1 / (1 + Foundation.exp(-x[0])) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package static let samples = [
    Sample(Sigmoid(), .uniform([5, 33]))
  ]
}

extension Sigmoid {
  /// The gradient through the logistic function, `g · y · (1 − y)`, from its output y; results that might be subnormal are 0.
  package struct Gradient: FinitePrimitive, FusedPrimitive {
    package static let name = "sigmoid-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_sigmoid_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func flops(for signature: Signature) -> Int { 3 * signature.output().count }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, y) = (inputs[0], inputs[1])
      return [g * y - g * y * y]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .within([5, 33], 0...1))
    ]
  }
}

extension Value {
  /// The logistic function.
  public var sigmoid: Value { builder.apply(Sigmoid(), self) }
}

extension Sigmoid: UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { false }
  package func constant(_ number: Double, for signature: Signature) -> Double? {
    1 / (1 + Elementary.exp(-number))
  }
}

extension Sigmoid: OperatorPrimitive {
  package static let operatorName = "Sigmoid"
}
