import CKernels
import CoppiceTensors

/// The step, 1 where x > 0, else 0 and NaN for NaN, with the gradient of the identity: the straight-through estimator (Bengio,
/// Léonard and Courville 2013).
package struct ThroughStep: ElementwisePrimitive, SurrogatePrimitive {
  package static let name = "through-step"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    Step().run(count, from: offset, arguments)
  }

  package func value(_ x: [Double]) -> Double { Step().value(x) }

  package func surrogate(_ inputs: [Value]) -> [Value] { inputs }

  package static let samples = [Sample(ThroughStep(), .uniform([5, 33]))]
}

extension Value {
  /// 1 where the value is positive, else 0; gradients pass as if it were the value itself.
  public var throughStep: Value { builder.apply(ThroughStep(), self) }
}

extension ThroughStep: ExportablePrimitive {
  /// 1 and 0; NaN gives 0 there.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let isPositive = call.apply("Greater", call.inputs + [.number(0)])
    return [call.apply("Cast", [isPositive], ["to": .element(.float32)])]
  }
}
