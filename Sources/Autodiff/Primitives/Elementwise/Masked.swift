import CKernels
import CoppiceTensors

/// The array where its mask keeps it, +0 elsewhere. Inputs: x, and the mask (bytes) of the same shape.
package struct Masked: Primitive {
  package static let name = "masked"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].element == .float32, inputs[1] == ValueType(inputs[0].shape, .byte)
    else {
      throw ShapeError("takes an array and a mask of its shape, not \(inputs.listed)")
    }
    return [inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    Kernel(units: signature.output().count) { a, range in
      ck_mask(
        range.count, a.input(0) + range.lowerBound, a.bytes(1) + range.lowerBound,
        a.output() + range.lowerBound)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.masked(by: call.inputs[1]), nil]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(inputs[0].shape, zip(inputs[0].scalars, inputs[1].scalars).map { $1 == 0 ? 0 : $0 })]
  }

  package static let samples = [Sample(Masked(), .uniform([5, 33]), .mask([5, 33]))]
}

extension Value {
  /// The array where the mask (bytes) keeps it, +0 elsewhere.
  package func masked(by mask: Value) -> Value { builder.apply(Masked(), self, mask) }
}

extension Masked: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    (0..<2).flatMap { AxisTie.same(signature.output().axes.indices, input: $0) }
  }

  package var keepsZeros: Bool { true }
}

extension Masked: PathKeepingPrimitive {}

extension Masked: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let isKept = call.apply("Cast", [call.inputs[1]], ["to": .element(.bool)])
    return [call.apply("Where", [isKept, call.inputs[0], .number(0)])]
  }
}
