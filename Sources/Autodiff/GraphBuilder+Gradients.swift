import CoppiceTensors

extension GraphBuilder {
  /// The gradients of a scalar with respect to some values, as further nodes of the same graph; so gradients of gradients
  /// work. A value the scalar does not depend on has the gradient 0. A primitive without a gradient on the way is a failure.
  package func gradients(of loss: Value, wrt values: [Value]) -> [Value] {
    if failure == nil, loss.shape.rank != 0 {
      fail("gradients", "the loss must be a scalar, and is \(loss.type)")
    }
    let found = gradients(of: [loss], seeds: [constant(1)], wrt: values)
    return zip(found, values).map { $0 ?? constant(0, $1.shape) }
  }

  /// Vector-Jacobian products: the gradients of `Σᵢ ⟨seedᵢ, outputᵢ⟩` with respect to some values; `nil` where there is no
  /// dependence. Reverse mode: nodes from the last to the first, each asked once for its pullback.
  package func gradients(of outputs: [Value], seeds: [Value?], wrt values: [Value]) -> [Value?] {
    gradients(of: outputs, seeds: seeds, wrt: values, from: 0)
  }

  /// Vector-Jacobian products of a function by its own arguments. Each argument counts as independent, also where it was computed
  /// from another one.
  func gradients(of function: ([Value]) -> [Value], at arguments: [Value], seeds: [Value?]) -> [Value?] {
    var met: Set<ValueID> = []
    // A value given twice is two arguments: the second one gets a name of its own.
    let arguments = arguments.map { argument in
      met.insert(argument.id).inserted ? argument : argument.alias
    }
    let first = graph.nodes.count
    return gradients(of: function(arguments), seeds: seeds, wrt: arguments, from: first)
  }

  /// The same through the nodes from `first` on only.
  private func gradients(of outputs: [Value], seeds: [Value?], wrt values: [Value], from first: Int)
    -> [Value?]
  {
    guard failure == nil else { return values.map { _ in nil } }
    var gradients: [ValueID: Value] = [:]
    func accumulate(_ gradient: Value, to id: ValueID) {
      gradients[id] = gradients[id].map { $0 + gradient } ?? gradient
    }
    for (output, seed) in zip(outputs, seeds) {
      if let seed { accumulate(seed, to: output.id) }
    }
    // Only nodes on a path from a wanted value to an output take part.
    let wanted = Set(values.map(\.id))
    let last = outputs.map(\.id.node).max() ?? -1
    var depends = [Bool](repeating: false, count: last + 1)
    for node in 0..<(last + 1) {
      depends[node] =
        node >= first && graph.nodes[node].inputs.contains { depends[$0.node] }
        || graph.nodes[node].outputs.indices.contains { wanted.contains(ValueID(node: node, output: $0)) }
    }
    for index in stride(from: last, through: first, by: -1) where depends[index] {
      let node = graph.nodes[index]
      guard let primitive = node.primitive else { continue }
      let ids = node.outputs.indices.map { ValueID(node: index, output: $0) }
      guard ids.contains(where: { gradients[$0] != nil }) else { continue }
      guard primitive.isDifferentiable || !node.inputs.contains(where: { depends[$0.node] }) else {
        within(node.scope) { fail(primitive.name, "has no gradient, and one would have to flow through it") }
        return values.map { _ in nil }
      }
      let call = PullbackCall(
        inputs: node.inputs.map(value), outputs: ids.map(value), gradients: ids.map { gradients[$0] })
      let pulled = within(node.scope) { primitive.pullback(call) }
      guard failure == nil else { return values.map { _ in nil } }
      for (input, gradient) in zip(node.inputs, pulled) {
        guard let gradient, depends[input.node] else { continue }
        if gradient.shape != graph.type(of: input).shape {
          fail(
            primitive.name,
            "its gradient for an input of \(graph.type(of: input)) has the shape \(gradient.shape)")
        }
        accumulate(gradient, to: input)
      }
    }
    return values.map { gradients[$0.id] }
  }
}
