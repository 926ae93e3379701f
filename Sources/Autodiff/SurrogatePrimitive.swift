import CoppiceTensors

/// A primitive whose gradient is, by choice, that of another function: where its own would be 0 almost everywhere, as a step's.
package protocol SurrogatePrimitive: Primitive {
  /// The function that is differentiated in this one's place, on the same inputs.
  func surrogate(_ inputs: [Value]) -> [Value]
}

extension SurrogatePrimitive {
  package func pullback(_ call: PullbackCall) -> [Value?] {
    call.inputs[0].builder.gradients(of: surrogate, at: call.inputs, seeds: call.gradients)
  }
}
