import CKernels
import CoppiceTensors

/// Of two arrays the first where the mask is 1, else the second, bit for bit. Inputs: the mask (bytes) and the arrays, all of one
/// shape. Either array may be overwritten.
package struct Select: Primitive {
  package static let name = "select"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 3, inputs[1].element == .float32, inputs[2] == inputs[1],
      inputs[0] == ValueType(inputs[1].shape, .byte)
    else { throw ShapeError("takes a mask and two arrays of its shape, not \(inputs.listed)") }
    return [inputs[1]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    Kernel(units: signature.output().count) { a, range in
      let start = range.lowerBound
      ck_select(range.count, a.bytes(0) + start, a.input(1) + start, a.input(2) + start, a.output() + start)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package var donations: [(input: Int, output: Int)] { [(1, 0), (2, 0)] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil, nil] }
    let (mask, zero) = (call.inputs[0], g.builder.constant(0, g.shape))
    return [nil, g.masked(by: mask), mask.selecting(zero, else: g)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let chosen = inputs[0].scalars.enumerated().map { inputs[$1 == 0 ? 2 : 1].scalars[$0] }
    return [ReferenceArray(inputs[1].shape, chosen)]
  }

  package static let samples = [
    Sample(Select(), .mask([5, 33]), .uniform([5, 33]), .uniform([5, 33]))
  ]
}

extension Value {
  /// Where this mask (bytes) is 1 the one value, elsewhere the other.
  package func selecting(_ value: Value, else other: Value) -> Value {
    builder.apply(Select(), self, value, other)
  }
}

extension Select: PathPrimitive {
  /// Either array.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    Reach.joined(Array(inputs.dropFirst())).map { [$0] } ?? []
  }
}

extension Select: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let isChosen = call.apply("Cast", [call.inputs[0]], ["to": .element(.bool)])
    return [call.apply("Where", [isChosen] + call.inputs.dropFirst())]
  }
}
