import CoppiceTensors

/// A primitive with a weight as its second input that has a form for a pruned one.
package protocol PrunablePrimitive: Primitive {
  /// The same on the survivors `[count]` of the weight, `inputs` being those of this primitive.
  func sparse(_ inputs: [Value], _ pattern: SparsePattern, survivors: Value) -> Value
}

extension Graph {
  /// The parameters that are read as the weight of a prunable primitive and nowhere else: those that have a sparse form.
  package var sparsifiable: Set<String> {
    var names = Set(parameters.map(\.name))
    for node in nodes {
      for (place, input) in node.inputs.enumerated() {
        guard case .parameter(let name)? = nodes[input.node].leaf else { continue }
        if place != 1 || !(node.primitive is any PrunablePrimitive) { names.remove(name) }
      }
    }
    return names
  }
}

extension GraphBuilder {
  /// Adds the nodes of a graph to this one and gives its outputs by name. A parameter with a pattern comes as the array of its
  /// survivors `[count]`, under the same name, and every product with it in its sparse form; what is differentiated after this is
  /// sparse in all its gradients.
  package func replay(_ graph: Graph, sparse patterns: [String: SparsePattern] = [:]) -> [String: Value] {
    var values: [ValueID: Value] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let outputs = within(node.scope) {
        switch node.operation {
        case .leaf(let leaf): [replay(leaf, node.outputs[0], patterns)]
        case .primitive(let primitive):
          replay(primitive, node, graph, patterns, node.inputs.compactMap { values[$0] })
        }
      }
      for (output, value) in outputs.enumerated() { values[ValueID(node: index, output: output)] = value }
    }
    for change in graph.updates {
      if let leaf = values[change.leaf], let value = values[change.value] { update(leaf, with: value) }
    }
    return Dictionary(
      graph.outputs.compactMap { output in values[output.value].map { (output.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private func replay(_ leaf: Graph.Leaf, _ type: ValueType, _ patterns: [String: SparsePattern]) -> Value {
    switch leaf {
    case .input(let name): input(name, type.shape, type.element)
    case .parameter(let name): parameter(name, patterns[name].map { [$0.count] } ?? type.shape)
    case .state(let name, let initial): state(name, type.shape, initial: initial)
    case .constant(let number): constant(number, type.shape)
    }
  }

  private func replay(
    _ primitive: any Primitive, _ node: Graph.Node, _ graph: Graph, _ patterns: [String: SparsePattern],
    _ inputs: [Value]
  ) -> [Value] {
    if let prunable = primitive as? any PrunablePrimitive, node.inputs.count > 1,
      case .parameter(let name)? = graph.nodes[node.inputs[1].node].leaf, let pattern = patterns[name]
    {
      return [prunable.sparse(inputs, pattern, survivors: inputs[1])]
    }
    return Array(applyAll(primitive, inputs).prefix(node.outputs.count))
  }
}
