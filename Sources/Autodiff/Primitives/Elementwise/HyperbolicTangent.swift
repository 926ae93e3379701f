import CKernels
import CoppiceTensors
import Foundation

/// The hyperbolic tangent.
package struct HyperbolicTangent: ElementwisePrimitive, FinitePrimitive {
  package static let name = "tanh"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_tanh(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Foundation.tanh(x[0]) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package static let samples = [
    Sample(HyperbolicTangent(), .uniform([5, 33]))
  ]
}

extension HyperbolicTangent {
  /// The gradient through the hyperbolic tangent, `g · (1 − y²)`, from its output y; results that might be subnormal are 0.
  package struct Gradient: FinitePrimitive, FusedPrimitive {
    package static let name = "hyperbolic-tangent-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_tanh_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func flops(for signature: Signature) -> Int { 3 * signature.output().count }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, y) = (inputs[0], inputs[1])
      return [g - g * y * y]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .within([5, 33], -1...1))
    ]
  }
}

extension Value {
  /// The hyperbolic tangent.
  public var tanh: Value { builder.apply(HyperbolicTangent(), self) }
}

extension HyperbolicTangent: UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { false }
  package func constant(_ number: Double, for signature: Signature) -> Double? { Elementary.tanh(number) }
}

extension HyperbolicTangent: OperatorPrimitive {
  package static let operatorName = "Tanh"
}
