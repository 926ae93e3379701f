import CKernels
import CoppiceTensors
import Foundation

/// The sigmoid linear unit `x / (1 + e⁻ˣ)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017).
package struct SiLU: ElementwisePrimitive, FinitePrimitive {
  package static let name = "silu"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_silu(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func flops(for signature: Signature) -> Int { 4 * signature.output().count }

  package func value(_ x: [Double]) -> Double { x[0] / (1 + Foundation.exp(-x[0])) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.inputs[0])]
  }

  package static let samples = [
    Sample(SiLU(), .within([5, 33], -6...6))
  ]
}

extension SiLU {
  /// `g · s · (1 + x·(1 − s))` from the gradient g and the unit's input x, s the logistic function of x.
  package struct Gradient: FinitePrimitive, FusedPrimitive {
    package static let name = "silu-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_silu_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func flops(for signature: Signature) -> Int { 8 * signature.output().count }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, x) = (inputs[0], inputs[1])
      let s = x.sigmoid
      return [g * (s + x * s - x * s * s)]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .within([5, 33], -6...6))
    ]
  }
}

extension Value {
  /// The sigmoid linear unit, `x` times the logistic function of `x`.
  public var silu: Value { builder.apply(SiLU(), self) }
}

extension SiLU: RelevanceKeepingPrimitive {}

extension SiLU: UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { false }
  package func constant(_ number: Double, for signature: Signature) -> Double? {
    number / (1 + Elementary.exp(-number))
  }
}

extension SiLU: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Mul", [call.inputs[0], call.apply("Sigmoid", call.inputs)])]
  }
}
