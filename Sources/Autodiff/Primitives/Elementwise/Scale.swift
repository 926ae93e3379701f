import CKernels
import CoppiceTensors

/// The multiple `factor · x` by a number known when the graph is traced.
package struct Scale: ElementwisePrimitive {
  package static let name = "scale"
  package static let arity = 1
  /// The number.
  package let factor: Float

  package init(_ factor: Float) { self.factor = factor }

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_scale(count, factor, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { Double(factor) * x[0] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.scaled(by: factor)]
  }

  package static let samples = [
    Sample(Scale(-1.75), .uniform([5, 33]))
  ]
}

extension Value {
  /// The multiple by a number known now.
  public func scaled(by factor: Float) -> Value { builder.apply(Scale(factor), self) }
}

extension Scale: FlowPrimitive {
  package func flow(_ inputs: [Value]) -> [Value] { [inputs[0].scaled(by: factor.magnitude)] }
}

extension Scale: RelevanceKeepingPrimitive {}

extension Scale: UnitwisePrimitive {
  package func constant(_ number: Double, for signature: Signature) -> Double? { value([number]) }
}

extension Scale: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Mul", call.inputs + [.number(factor)])]
  }
}
