import CoppiceTensors

/// The array itself under another name, `y = x`. Gradients tell the two names apart.
package struct Alias: ViewPrimitive {
  package static let name = "alias"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1 else { throw ShapeError("takes one array, not \(inputs.listed)") }
    return inputs
  }

  package func pullback(_ call: PullbackCall) -> [Value?] { [call.gradient] }

  package static let samples = [
    Sample(Alias(), .uniform([3, 4])), Sample(Alias(), .uniform([])),
    Sample(Alias(), .integers([5], below: 9)),
  ]
}

extension Value {
  /// The same array under a name of its own: gradients by it are not gradients by this one.
  var alias: Value { builder.apply(Alias(), self) }
}

extension Alias: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices, input: 0)
  }

  package var keepsZeros: Bool { true }
}

extension Alias: PathKeepingPrimitive {}

extension Alias: FlowPrimitive {}

extension Alias: RelevanceMovingPrimitive {}

extension Alias: UnitwisePrimitive {}

extension Alias: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] { call.inputs }
  package func isRepetition(of isRepeated: Bool) -> Bool { isRepeated }
}
