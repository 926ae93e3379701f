import CoppiceTensors

/// The array itself, as a constant: no gradient passes.
package struct StopGradient: ViewPrimitive, ZeroGradientPrimitive {
  package static let name = "stop-gradient"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1 else { throw ShapeError("takes one array, not \(inputs.listed)") }
    return inputs
  }

  package static let samples = [
    Sample(StopGradient(), .uniform([3, 7])), Sample(StopGradient(), .integers([5], below: 9)),
  ]
}

extension Value {
  /// The value as a constant: gradients stop here.
  public var detached: Value { builder.apply(StopGradient(), self) }
}

extension StopGradient: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices, input: 0)
  }

  package var keepsZeros: Bool { true }
}

extension StopGradient: PathKeepingPrimitive {}

extension StopGradient: UnitwisePrimitive {}

extension StopGradient: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] { call.inputs }
  package func isRepetition(of isRepeated: Bool) -> Bool { isRepeated }
}
