extension Graph {
  /// The same graph, in which a convolution whose result only a normalisation by given statistics reads is one node with it, and with
  /// the residual sum and the rectifier behind where only these read what comes before. The bits are the same. It serves evaluation alone.
  package func fusingNormalizations() -> Graph {
    var readers = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for input in node.inputs { readers[input.node] += 1 } }
    for value in outputs.map(\.value) + updates.map(\.value) { readers[value.node] += 1 }
    var result = self
    func fused(_ value: ValueID) -> Convolution.Normalized? {
      readers[value.node] == 1 ? result.nodes[value.node].primitive as? Convolution.Normalized : nil
    }
    for (index, node) in nodes.enumerated() {
      switch node.primitive {
      case let normalization as BatchNormalization.Inference:
        let before = node.inputs[0].node
        guard readers[before] == 1, let convolution = nodes[before].primitive as? Convolution,
          !convolution.hasBias, !convolution.rectifies
        else { continue }
        result.nodes[index].operation = .primitive(
          Convolution.Normalized(convolution.windows, epsilon: normalization.epsilon))
        result.nodes[index].inputs = nodes[before].inputs + node.inputs.dropFirst()
      case is Add:
        // Of two, the later one: its sum is then the last thing that is missing.
        let places = [0, 1].sorted { node.inputs[$0].node > node.inputs[$1].node }
        guard node.inputs[0] != node.inputs[1],
          let place = places.first(where: { fused(node.inputs[$0]).map(\.takesResidual) ?? false }),
          let normalized = fused(node.inputs[place])
        else { continue }
        result.nodes[index].operation = .primitive(
          Convolution.Normalized(normalized.windows, epsilon: normalized.epsilon, hasResidual: true))
        result.nodes[index].inputs =
          result.nodes[node.inputs[place].node].inputs + [node.inputs[1 - place]]
      case is ReLU, is ReLU6:
        guard let normalized = fused(node.inputs[0]), normalized.rectifier == .none else { continue }
        result.nodes[index].operation = .primitive(
          Convolution.Normalized(
            normalized.windows, epsilon: normalized.epsilon, hasResidual: normalized.hasResidual,
            rectifier: node.primitive is ReLU ? .relu : .relu6))
        result.nodes[index].inputs = result.nodes[node.inputs[0].node].inputs
      default: continue
      }
    }
    return result.removingDeadNodes()
  }
}

extension Convolution.Normalized {
  /// Whether a sum may follow in the same pass.
  fileprivate var takesResidual: Bool { !hasResidual && rectifier == .none }
}
