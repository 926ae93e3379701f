/// A primitive whose gradient is 0 by definition: its outputs are integers, come from integers alone, or are constant between
/// jumps. What a loss owes to it alone has the gradient 0.
package protocol PiecewiseConstantPrimitive: Primitive {}

extension PiecewiseConstantPrimitive {
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
