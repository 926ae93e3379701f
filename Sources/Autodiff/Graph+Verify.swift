/// A broken graph: an error of the engine, never of a user.
package struct VerificationError: Error, Hashable, CustomStringConvertible {
  package let description: String
}

extension Graph {
  /// Checks what every pass relies on: inputs come before their readers and exist, every primitive's shape rule gives the
  /// recorded types, updates go to parameters or states of the same type and at most once, names are unique.
  package func verify() throws(VerificationError) {
    for (index, node) in nodes.enumerated() {
      for input in node.inputs {
        guard input.node < index, nodes[input.node].outputs.indices.contains(input.output) else {
          throw VerificationError(description: "node %\(index) reads %\(input.node), which is not before it")
        }
      }
      guard let primitive = node.primitive else { continue }
      let name = primitive.name
      let types: [ValueType]
      do { types = try primitive.outputs(for: node.inputs.map(type(of:))) } catch {
        throw VerificationError(description: "node %\(index) (\(name)): \(error)")
      }
      if types != node.outputs {
        throw VerificationError(
          description: "node %\(index) (\(name)) records \(node.outputs) where its rule gives \(types)")
      }
    }
    var updated: Set<ValueID> = []
    for update in updates {
      let leaf = nodes[update.leaf.node]
      switch leaf.leaf {
      case .parameter, .state: break
      default:
        throw VerificationError(description: "an update goes to %\(update.leaf.node), which keeps nothing")
      }
      if leaf.outputs[0] != type(of: update.value) {
        throw VerificationError(description: "the update of \(leaf.leaf?.name ?? "") has another type")
      }
      if !updated.insert(update.leaf).inserted {
        throw VerificationError(description: "\(leaf.leaf?.name ?? "") is updated twice")
      }
    }
    let names = nodes.compactMap { $0.leaf?.name }
    if Set(names).count < names.count { throw VerificationError(description: "two leaves share a name") }
    if Set(outputs.map(\.name)).count < outputs.count {
      throw VerificationError(description: "two outputs share a name")
    }
  }
}
