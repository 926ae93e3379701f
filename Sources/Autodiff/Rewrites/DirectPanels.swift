extension Graph {
  /// The same graph, in which panels that were made into rows only to be made into panels again are taken as they are, and rows
  /// likewise. Sparse layers that follow each other so pass panels on, and so do their gradients; activations between them work on
  /// panels. What stands in such panels beyond the last row is not 0 but finite; it meets zeros in every gradient.
  func passingPanelsOn() -> Graph {
    let isOnPanels = activationsBetweenPanels
    var result = self
    var sources: [ValueID: ValueID] = [:]
    func source(_ value: ValueID) -> ValueID { sources[value] ?? value }
    for (index, node) in nodes.enumerated() {
      let output = ValueID(node: index)
      if isOnPanels[index] {
        let inputs = node.inputs.map { isOnPanels[$0.node] ? $0 : source(nodes[$0.node].inputs[0]) }
        result.nodes[index].inputs = inputs
        result.nodes[index].outputs = [result.type(of: inputs[0])]
        continue
      }
      result.nodes[index].inputs = node.inputs.map(source)
      guard node.primitive is Panels || node.primitive is Panels.Rows else { continue }
      if isOnPanels[node.inputs[0].node] {
        sources[output] = node.inputs[0]
        continue
      }
      let before = result.nodes[source(node.inputs[0]).node]
      let undoes =
        node.primitive is Panels ? before.primitive is Panels.Rows : before.primitive is Panels
      guard undoes, type(of: before.inputs[0]) == node.outputs[0] else { continue }
      sources[output] = before.inputs[0]
    }
    result.outputs = outputs.map { ($0.name, source($0.value)) }
    result.updates = updates.map { (source($0.leaf), source($0.value)) }
    return result
  }

  /// Which nodes are activations, or gradients of one, of rows that were panels before and are made into panels again.
  private var activationsBetweenPanels: [Bool] {
    var found = nodes.map { $0.primitive is any FinitePrimitive }
    guard found.contains(true), nodes.contains(where: { $0.primitive is Panels.Rows }) else {
      return nodes.map { _ in false }
    }
    for value in outputs.map(\.value) + updates.map(\.value) { found[value.node] = false }
    // One that stays on rows keeps those on rows that it reads and that read it.
    var isSettled = false
    while !isSettled {
      isSettled = true
      for (index, node) in nodes.enumerated() {
        if found[index],
          !node.inputs.allSatisfy({ found[$0.node] || nodes[$0.node].primitive is Panels.Rows })
        {
          (found[index], isSettled) = (false, false)
        }
        guard !found[index], !(node.primitive is Panels) else { continue }
        for input in node.inputs where found[input.node] { (found[input.node], isSettled) = (false, false) }
      }
    }
    return found
  }
}
