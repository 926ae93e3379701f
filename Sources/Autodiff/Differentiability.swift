/// A primitive whose gradient is 0 by definition: its outputs are integers, come from integers alone, are constant between jumps, or
/// are to count as constants. What a loss depends on through such primitives alone has the gradient 0.
package protocol ZeroGradientPrimitive: Primitive {}

extension ZeroGradientPrimitive {
  package func pullback(_ call: PullbackCall) -> [Value?] { call.inputs.map { _ in nil } }
}

/// A primitive without a gradient: it serves evaluation alone, or it updates what is kept from step to step. A trace fails where
/// a gradient would have to flow through it.
package protocol UndifferentiablePrimitive: Primitive {}

extension UndifferentiablePrimitive {
  package var isDifferentiable: Bool { false }

  /// Never asked for.
  package func pullback(_ call: PullbackCall) -> [Value?] { call.inputs.map { _ in nil } }
}
