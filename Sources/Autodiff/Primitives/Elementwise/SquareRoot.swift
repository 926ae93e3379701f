import CKernels
import CoppiceTensors

/// The square root.
package struct SquareRoot: ElementwisePrimitive {
  package static let name = "square-root"
  package static let arity = 1

  package init() {}

  package func run(_ count: Int, from offset: Int, _ arguments: KernelArguments) {
    ck_sqrt(count, arguments.input(0) + offset, arguments.output() + offset)
  }

  package func value(_ x: [Double]) -> Double { x[0].squareRoot() }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.scaled(by: 0.5) / call.outputs[0]]
  }

  package static let samples = [
    Sample(SquareRoot(), .within([5, 33], 0.1...4))
  ]
}

extension Value {
  /// The square root.
  public var squareRoot: Value { builder.apply(SquareRoot(), self) }
}

extension SquareRoot: OperatorPrimitive {
  package static let operatorName = "Sqrt"
}
