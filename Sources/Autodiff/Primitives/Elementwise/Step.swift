import CKernels
import CoppiceTensors

/// The step: 1 where x > 0, else 0; NaN for NaN. Its derivative is 0.
package struct Step: ElementwisePrimitive, ZeroGradientPrimitive {
  package static let name = "step"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_step(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] > 0 ? 1 : x[0].isNaN ? x[0] : 0 }

  package static let samples = [
    Sample(Step(), .uniform([5, 33]))
  ]
}

extension Value {
  /// 1 where the value is positive, else 0.
  public var step: Value { builder.apply(Step(), self) }
}

extension Step: ExportablePrimitive {
  /// 1 and 0; NaN gives 0 there.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let isPositive = call.apply("Greater", call.inputs + [.number(0)])
    return [call.apply("Cast", [isPositive], ["to": .element(.float32)])]
  }
}
