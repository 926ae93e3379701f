import CKernels
import CoppiceTensors
import Foundation

/// The Gaussian error linear unit `x · Φ(x)`, Φ the normal distribution function: the exact form, not its approximation by a
/// hyperbolic tangent (Hendrycks and Gimpel 2016).
package struct GELU: ElementwisePrimitive {
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
  package struct Gradient: FusedPrimitive {
    package static let name = "gelu-gradient"

    package init() {}

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0] == inputs[1], inputs[0].element == .float32 else {
        throw ShapeError("takes two arrays of one shape, not \(inputs.listed)")
      }
      return [inputs[0]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      Kernel(units: signature.output().count) { arguments, range in
        let offset = range.lowerBound
        ck_gelu_gradient(
          range.count, arguments.input(0) + offset, arguments.input(1) + offset, arguments.output() + offset)
      }
    }

    package func flops(for signature: Signature) -> Int { 8 * signature.output().count }

    package var donations: [(input: Int, output: Int)] { [(0, 0), (1, 0)] }

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
