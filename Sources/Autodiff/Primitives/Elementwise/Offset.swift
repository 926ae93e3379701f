import CKernels
import CoppiceTensors

/// The sum `x + amount` with a number known when the graph is traced.
package struct Offset: ElementwisePrimitive {
  package static let name = "offset"
  package static let arity = 1
  /// The number.
  package let amount: Float

  package init(_ amount: Float) { self.amount = amount }

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_offset(count, amount, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0] + Double(amount) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g]
  }

  package static let samples = [
    Sample(Offset(0.5), .uniform([5, 33]))
  ]
}

extension Value {
  /// The sum with a number known now.
  public func offset(by amount: Float) -> Value { builder.apply(Offset(amount), self) }
}

extension Offset: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Add", call.inputs + [.number(amount)])]
  }
}
