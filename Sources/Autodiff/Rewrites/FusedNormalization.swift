extension Graph {
  /// The same graph, in which a convolution whose result only a normalisation by given statistics reads is one node with it, and with
  /// the residual sum and the rectifier behind where only these read what comes before. The bits are the same. It serves evaluation alone.
  package func fusingNormalizations() -> Graph {
    var readers = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for input in node.inputs { readers[input.node] += 1 } }
    for value in outputs.map(\.value) + updates.map(\.value) { readers[value.node] += 1 }
    var result = self
    /// The fused node that a value is of, where nothing else reads it.
    func fused(_ value: ValueID) -> (any NormalizedConvolution)? {
      readers[value.node] == 1 ? result.nodes[value.node].primitive as? any NormalizedConvolution : nil
    }
    for (index, node) in nodes.enumerated() {
      switch node.primitive {
      case let normalization as BatchNormalization.Inference:
        let before = node.inputs[0].node
        guard readers[before] == 1, let convolution = nodes[before].primitive as? any NormalizablePrimitive,
          let normalized = convolution.normalized(epsilon: normalization.epsilon)
        else { continue }
        result.nodes[index].operation = .primitive(normalized)
        result.nodes[index].inputs = nodes[before].inputs + node.inputs.dropFirst()
      case is Add:
        // Of two, the later one: its sum is then the last thing that is missing.
        let places = [0, 1].sorted { node.inputs[$0].node > node.inputs[$1].node }
        guard node.inputs[0] != node.inputs[1],
          let place = places.first(where: { fused(node.inputs[$0])?.behind.takesResidual ?? false }),
          var normalized = fused(node.inputs[place])
        else { continue }
        normalized.behind.hasResidual = true
        result.nodes[index].operation = .primitive(normalized)
        result.nodes[index].inputs =
          result.nodes[node.inputs[place].node].inputs + [node.inputs[1 - place]]
      case is ReLU, is ReLU6:
        guard var normalized = fused(node.inputs[0]), normalized.behind.rectifier == .none else { continue }
        normalized.behind.rectifier = node.primitive is ReLU ? .relu : .relu6
        result.nodes[index].operation = .primitive(normalized)
        result.nodes[index].inputs = result.nodes[node.inputs[0].node].inputs
      default: continue
      }
    }
    return result.removingDeadNodes()
  }
}

extension NormalizationBehind {
  /// Whether a sum may follow in the same pass.
  fileprivate var takesResidual: Bool { !hasResidual && rectifier == .none }
}
