import CKernels
import CoppiceTensors

/// The sum of the squares of all elements, a scalar: `Σ x²`. Elements below 2⁻⁶⁰ count as 0.
package struct SumOfSquares: Primitive {
  package static let name = "sum-of-squares"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32 else {
      throw ShapeError("takes one array of numbers, not \(inputs.listed)")
    }
    return [ValueType(.scalar)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let count = signature.input(0).count
    return Kernel { arguments, _ in ck_sum_of_squares(count, arguments.input(0), arguments.output()) }
  }

  package func flops(for signature: Signature) -> Int { 2 * signature.input(0).count }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.scaled(by: 2) * call.inputs[0]]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(.scalar, [inputs[0].scalars.reduce(0) { $0 + $1 * $1 }])]
  }

  package static let samples = [
    Sample(SumOfSquares(), .uniform([7, 31])), Sample(SumOfSquares(), .uniform([])),
  ]
}

extension Value {
  /// The sum of the squares of all elements, a scalar.
  public var sumOfSquares: Value { builder.apply(SumOfSquares(), self) }
}

extension SumOfSquares: AxisTied {
  /// What is added up can be removed where it is 0.
  package func ties(for signature: Signature) -> [AxisTie] {
    signature.input(0).axes.indices.map { .summed(.input(0, axis: $0)) }
  }

  package var keepsZeros: Bool { true }
}

extension SumOfSquares: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("ReduceSumSquare", call.inputs, ["keepdims": .integer(0)])]
  }
}
