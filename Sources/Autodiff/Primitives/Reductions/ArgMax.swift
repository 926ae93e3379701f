import CKernels
import CoppiceTensors

/// The index of the largest element of each row, Int32: `[…, n]` to `[…]`. The first of equals; a NaN counts as largest.
package struct ArgMax: ZeroGradientPrimitive {
  package static let name = "arg-max"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank >= 1, inputs[0].shape[-1] > 0
    else { throw ShapeError("takes rows of numbers, not \(inputs.first?.description ?? "nothing")") }
    return [ValueType(Shape(Array(inputs[0].shape.axes.dropLast())), .int32)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let width = signature.input(0)[-1]
    return Kernel(units: signature.output().count) { arguments, range in
      ck_argmax_rows(
        range.count, width, arguments.input(0) + range.lowerBound * width,
        arguments.integerOutput() + range.lowerBound)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let width = inputs[0].shape[-1]
    let rows = (0..<signature.output().count).map { row in
      let x = inputs[0].scalars[(row * width)..<((row + 1) * width)]
      return Double(
        (x.indices.max { x[$0] < x[$1] || (x[$0] == x[$1] && $0 > $1) } ?? row * width) - row * width)
    }
    return [ReferenceArray(signature.output(), rows)]
  }

  package static let samples = [
    Sample(ArgMax(), .uniform([6, 17])), Sample(ArgMax(), .values([2, 3], [1, 2, 2, 0, -1, 0])),
  ]
}

extension ArgMax: AxisTied {
  /// The rows; what is compared is untied, since its places are the answer.
  package func ties(for signature: Signature) -> [AxisTie] { AxisTie.same(signature.output().axes.indices) }
}

extension ArgMax: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let place = call.apply("ArgMax", call.inputs, ["axis": .integer(-1), "keepdims": .integer(0)])
    return [call.apply("Cast", [place], ["to": .element(.int32)])]
  }
}
