import CoppiceTensors

/// A primitive that says where paths go through it. Paths run through values: what only weighs or normalises (the weights of an
/// attention, the statistics of a normalisation) carries nothing.
///
/// The rule is written in sums and products of arrays that are nowhere negative, so that nothing cancels. Its gradient tells which
/// elements have a part in what is carried.
///
/// One that says nothing is followed through its definition, and where it has none, every element of its outputs depends on every
/// element of its inputs.
package protocol PathPrimitive: Primitive {
  /// What is known of the outputs, from what is known of the inputs.
  func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach]
}

/// A primitive that moves elements of its one input, or adds them up: paths go where its elements go.
package protocol PathMovingPrimitive: PathPrimitive, FlowPrimitive {}

extension PathMovingPrimitive {
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    inputs.map { $0.mapped { $0.builder.apply(self, $0) } }
  }
}

/// A primitive whose output has a path wherever its first input has one: the same elements, or most of them.
package protocol PathKeepingPrimitive: PathPrimitive {}

extension PathKeepingPrimitive {
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] { [inputs[0]] }
}

extension ElementwisePrimitive {
  /// An element depends on those at its place.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    guard let joined = Reach.joined(inputs) else { return [] }
    return [keepsZeros ? joined : joined.filled(of: signature.output())]
  }
}
