import CKernels
import CoppiceTensors
import Foundation

/// The Gaussian error linear unit `x · Φ(x)`, Φ the normal distribution function: the exact form, not its approximation by a
/// hyperbolic tangent (Hendrycks and Gimpel 2016).
package struct GELU: ElementwisePrimitive, FinitePrimitive {
  package static let name = "gelu"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_gelu(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func flops(for signature: Signature) -> Int { 4 * signature.output().count }

  package func value(_ x: [Double]) -> Double { x[0] * (0.5 * (1 + Foundation.erf(x[0] * 0.5.squareRoot()))) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.inputs[0])]
  }

  package static let samples = [
    Sample(GELU(), .within([5, 33], -4...4))
  ]
}

extension GELU {
  /// `g · (Φ(x) + x·φ(x))` from the gradient g and the unit's input x, φ the normal density.
  package struct Gradient: FinitePrimitive, FusedPrimitive {
    package static let name = "gelu-gradient"
    package static let arity = 2

    package init() {}

    package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
      ck_gelu_gradient(
        count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
    }

    package func flops(for signature: Signature) -> Int { 8 * signature.output().count }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, x) = (inputs[0], inputs[1])
      let distribution = x.scaled(by: Float(0.5.squareRoot())).erf.offset(by: 1).scaled(by: 0.5)
      let density = (x * x).scaled(by: -0.5).exponential.scaled(by: Float((0.5 / Double.pi).squareRoot()))
      return [g * (distribution + x * density)]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([5, 33]), .within([5, 33], -4...4))
    ]
  }
}

extension Value {
  /// The Gaussian error linear unit.
  public var gelu: Value { builder.apply(GELU(), self) }
}

extension GELU: RelevanceKeepingPrimitive {}

extension GELU: UnitwisePrimitive {
  package var isPositivelyHomogeneous: Bool { false }

  /// 0 of 0. Other numbers would need the error function in Double precision.
  package func constant(_ number: Double, for signature: Signature) -> Double? { number == 0 ? 0 : nil }
}

extension GELU: ExportablePrimitive {
  /// `x · (1 + erf(x / √2)) · ½`, the form that programs know as a GELU.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let x = call.inputs[0]
    let scaled = call.apply("Div", [x, .number(Float(2.0.squareRoot()))])
    let sum = call.apply("Add", [call.apply("Erf", [scaled]), .number(1)])
    return [call.apply("Mul", [call.apply("Mul", [x, sum]), .number(0.5)])]
  }
}
