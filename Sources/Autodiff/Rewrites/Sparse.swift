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
  /// Adds the nodes of a graph to this one. A parameter with a pattern comes as the array of its survivors `[count]`, under the
  /// same name, and every product with it in its sparse form; what is differentiated after this is sparse in all its gradients.
  package func replay(_ graph: Graph, sparse patterns: [String: SparsePattern]) -> Replay {
    replay(graph) { leaf, _ in
      guard case .parameter(let name) = leaf, let pattern = patterns[name] else { return nil }
      return parameter(name, [pattern.count])
    } node: { index, inputs in
      guard let prunable = graph.nodes[index].primitive as? any PrunablePrimitive,
        let name = graph.weight(of: index), let pattern = patterns[name]
      else { return nil }
      return [prunable.sparse(inputs, pattern, survivors: inputs[1])]
    }
  }
}

extension Graph {
  /// The parameter that a node reads as its second input, a prunable primitive's weight.
  package func weight(of index: Int) -> String? {
    guard nodes[index].inputs.count > 1,
      case .parameter(let name)? = nodes[nodes[index].inputs[1].node].leaf
    else { return nil }
    return name
  }
}
