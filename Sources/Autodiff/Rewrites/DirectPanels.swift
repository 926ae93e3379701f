extension Graph {
  /// The same graph, in which panels that were made into rows only to be made into panels again are taken as they are, and rows
  /// likewise. Sparse layers that follow each other so pass panels on, and so do their gradients. What stands in such panels beyond
  /// the last row is not 0 but finite; it meets zeros in every gradient.
  func passingPanelsOn() -> Graph {
    var result = self
    var sources: [ValueID: ValueID] = [:]
    func source(_ value: ValueID) -> ValueID { sources[value] ?? value }
    for (index, node) in nodes.enumerated() {
      result.nodes[index].inputs = node.inputs.map(source)
      guard node.primitive is Panels || node.primitive is Panels.Rows else { continue }
      let before = result.nodes[source(node.inputs[0]).node]
      let undoes =
        node.primitive is Panels ? before.primitive is Panels.Rows : before.primitive is Panels
      guard undoes, type(of: before.inputs[0]) == node.outputs[0] else { continue }
      sources[ValueID(node: index)] = before.inputs[0]
    }
    result.outputs = outputs.map { ($0.name, source($0.value)) }
    result.updates = updates.map { (source($0.leaf), source($0.value)) }
    return result
  }
}
