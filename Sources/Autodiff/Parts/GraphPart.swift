/// A part of a network that can be left out as a whole, by the names of what goes with it. Names carry it from the graph it was found in
/// to those of other batches, and to weights and masks.
package struct GraphPart: Hashable, Sendable {
  /// What is left in its place.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A residual branch: of the sum, the other term is left.
    case branch
    /// A block: what it is given is left.
    case block
  }

  package let kind: Kind
  /// The part of the model that its sum is in, or that it is: `h.2`.
  package let scope: String
  /// The parameters that serve it alone, in the order of the graph.
  package let parameters: [String]
  /// The states that do.
  package let states: [String]

  package init(_ kind: Kind, scope: String, parameters: [String], states: [String]) {
    (self.kind, self.scope, self.parameters, self.states) = (kind, scope, parameters, states)
  }

  /// Whether it is the same part of a graph for another batch, or of one that trains.
  func isSame(as other: GraphPart) -> Bool {
    kind == other.kind && scope == other.scope && parameters == other.parameters
  }

  /// Whether a parameter or state goes with it.
  package func owns(_ name: String) -> Bool { parameters.contains(name) || states.contains(name) }
}

/// A value of a graph for which another one can stand.
package struct GraphCut: Hashable, Sendable {
  /// What is not needed any more then.
  package let part: GraphPart
  /// What is given now.
  let value: ValueID
  /// What stands for it.
  let replacement: ValueID
  /// The nodes that serve the value alone, ascending.
  let nodes: [Int]
}

/// A part of a model that has shortcuts in it, as a whole.
package struct GraphBlock: Hashable, Sendable {
  /// Its names: `h.2`, with the parameters and states in it.
  package let part: GraphPart
  /// The branches in it, by their places among all.
  package let branches: [Int]
  /// How it is left out; `nil` where nothing could stand in its place.
  package let cut: GraphCut?
  /// Why nothing could; `nil` where something can.
  package let reason: String?
}

extension Graph {
  /// The same graph without some of its parts.
  /// - Throws: `TraceError` where it has no such part.
  package func cutting(_ parts: [GraphPart]) throws -> Graph {
    guard !parts.isEmpty else { return self }
    let found = GraphParts(self)
    let all = found.branches + found.blocks.compactMap(\.cut)
    return cutting(
      try parts.map { part in
        guard let cut = all.first(where: { $0.part.isSame(as: part) }) else {
          throw TraceError(
            scope: part.scope, primitive: "compacted",
            problem: "there is no \(part.kind.rawValue) with \(part.parameters.joined(separator: ", "))")
        }
        return cut
      })
  }

  /// The same graph in which replacements stand for some values. Leaves that served these alone are gone, and so is what updates them.
  func cutting(_ cuts: [GraphCut]) -> Graph {
    let replacements = Dictionary(cuts.map { ($0.value, $0.replacement) }, uniquingKeysWith: { a, _ in a })
    func resolved(_ value: ValueID) -> ValueID {
      var value = value
      while let replacement = replacements[value] { value = replacement }
      return value
    }
    let gone = Set(cuts.flatMap { $0.part.parameters + $0.part.states })
    func isGone(_ node: Int) -> Bool { nodes[node].leaf?.name.map(gone.contains) ?? false }
    var graph = self
    for index in graph.nodes.indices { graph.nodes[index].inputs = graph.nodes[index].inputs.map(resolved) }
    graph.outputs = outputs.map { ($0.name, resolved($0.value)) }
    graph.updates = updates.filter { !isGone($0.leaf.node) }.map { ($0.leaf, resolved($0.value)) }
    return graph.removingDeadNodes(except: { $0.name.map { !gone.contains($0) } ?? false })
  }
}
