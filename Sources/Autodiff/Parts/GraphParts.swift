import CoppiceTensors

/// The residual branches and blocks of a forward graph.
///
/// A residual branch is a term of a sum that is made from the other term, and from which nothing else is made: `f(x)` of `x + f(x)`. A
/// normalisation before the branch serves it alone and goes with it, one behind the sum stays. In parallel branches `x + f(x) + g(x)`
/// each is one.
///
/// A block is a part of the model in which two values are added that both depend on the inputs. What is left in its place is what it is
/// given: so it must be given one value and give one of the same shape.
package struct GraphParts: Sendable {
  /// In the order of their sums.
  package private(set) var branches: [GraphCut] = []
  /// In the order of their first sums.
  package private(set) var blocks: [GraphBlock] = []
  private let graph: Graph
  /// Whether an output depends on a node.
  private let isLive: [Bool]
  /// The live nodes that read each node, one for each input, and −1 for an output of the graph.
  private let readers: [[Int]]
  /// Whether a node's values depend on an input of numbers, as examples are.
  private let dependsOnInput: [Bool]

  package init(_ graph: Graph) {
    self.graph = graph
    var isLive = [Bool](repeating: false, count: graph.nodes.count)
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    for output in graph.outputs {
      isLive[output.value.node] = true
      readers[output.value.node].append(-1)
    }
    for index in graph.nodes.indices.reversed() where isLive[index] {
      for input in graph.nodes[index].inputs {
        isLive[input.node] = true
        readers[input.node].append(index)
      }
    }
    var dependsOnInput: [Bool] = []
    for node in graph.nodes {
      if case .input? = node.leaf {
        dependsOnInput.append(true)
      } else {
        dependsOnInput.append(node.inputs.contains { dependsOnInput[$0.node] })
      }
    }
    (self.isLive, self.readers, self.dependsOnInput) = (isLive, readers, dependsOnInput)
    findBranches()
    findBlocks()
  }

  /// The sums of two values that both depend on the inputs.
  private var sums: [Int] {
    graph.nodes.indices.filter { index in
      let node = graph.nodes[index]
      return isLive[index] && node.primitive is any AddingPrimitive && node.inputs.count == 2
        && node.inputs[0] != node.inputs[1] && node.inputs.allSatisfy { dependsOnInput[$0.node] }
    }
  }

  // MARK: What serves a value alone

  /// The nodes from which nothing is made but this value, where another one stands for it.
  private func nodes(serving value: ValueID, without replacement: ValueID) -> [Int] {
    var (found, open): (Set<Int>, Set<Int>) = ([value.node], Set(graph.nodes[value.node].inputs.map(\.node)))
    // What reads a node comes after it.
    while let index = open.max() {
      open.remove(index)
      guard index != replacement.node, readers[index].allSatisfy(found.contains) else { continue }
      found.insert(index)
      open.formUnion(graph.nodes[index].inputs.map(\.node))
    }
    return found.sorted()
  }

  /// The parameters and states among some nodes, and the states that follow what these make.
  private func leaves(_ nodes: [Int]) -> (parameters: [String], states: [String]) {
    let found = Set(nodes)
    var (parameters, states): ([String], [Int]) = ([], [])
    for index in nodes {
      switch graph.nodes[index].leaf {
      case .parameter(let name)?: parameters.append(name)
      case .state?: states.append(index)
      default: break
      }
    }
    for update in graph.updates where !found.contains(update.leaf.node) {
      guard !isLive[update.leaf.node], follows(update.value.node, found) else { continue }
      states.append(update.leaf.node)
    }
    return (parameters, states.sorted().compactMap { graph.nodes[$0].leaf?.name })
  }

  /// Whether a value is made from what some nodes make, by nodes that serve no output.
  private func follows(_ node: Int, _ found: Set<Int>) -> Bool {
    var (open, seen) = ([node], Set<Int>())
    while let index = open.popLast() {
      if found.contains(index) { return true }
      guard !isLive[index], seen.insert(index).inserted else { continue }
      open += graph.nodes[index].inputs.map(\.node)
    }
    return false
  }

  private func cut(
    _ kind: GraphPart.Kind, _ scope: String, _ value: ValueID, replacement: ValueID
  ) -> GraphCut? {
    let nodes = nodes(serving: value, without: replacement)
    let (parameters, states) = leaves(nodes)
    guard !parameters.isEmpty else { return nil }
    return GraphCut(
      part: GraphPart(kind, scope: scope, parameters: parameters, states: states), value: value,
      replacement: replacement, nodes: nodes)
  }

  // MARK: Branches

  private mutating func findBranches() {
    // What a sum would be without its branch.
    var shortcuts: [ValueID: ValueID] = [:]
    for index in sums {
      let (value, inputs) = (ValueID(node: index), graph.nodes[index].inputs)
      for kept in inputs {
        guard let cut = cut(.branch, graph.nodes[index].scope, value, replacement: kept) else { continue }
        let own = Set(cut.nodes)
        let read = Set(cut.nodes.filter { $0 != index }.flatMap { graph.nodes[$0].inputs })
        var origin: ValueID? = kept
        while let value = origin, !read.contains(value) || own.contains(value.node) {
          origin = shortcuts[value]
        }
        guard origin != nil else { continue }
        shortcuts[value] = kept
        branches.append(cut)
        break
      }
    }
  }

  // MARK: Blocks

  private mutating func findBlocks() {
    var (scopes, known): ([String], [String: Int]) = ([], [:])
    for index in sums {
      let scope = graph.nodes[index].scope
      guard !scope.isEmpty, known[scope] == nil else { continue }
      known[scope] = scopes.count
      scopes.append(scope)
    }
    var members = [[Int]](repeating: [], count: scopes.count)
    for index in graph.nodes.indices where isLive[index] && graph.nodes[index].primitive != nil {
      var scope = Substring(graph.nodes[index].scope)
      while !scope.isEmpty {
        if let block = known[String(scope)] { members[block].append(index) }
        scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
      }
    }
    blocks = zip(scopes, members).map { block($0, Set($1)) }
  }

  private func block(_ scope: String, _ members: Set<Int>) -> GraphBlock {
    var (given, gives): ([ValueID], [ValueID]) = ([], [])
    for index in members.sorted() {
      for input in graph.nodes[index].inputs where !members.contains(input.node) && isData(input) {
        if !given.contains(input) { given.append(input) }
      }
      guard readers[index].contains(where: { !members.contains($0) }) else { continue }
      for output in graph.nodes[index].outputs.indices.map({ ValueID(node: index, output: $0) })
      where isRead(output, outside: members) { gives.append(output) }
    }
    let own = branches.indices.filter { members.contains(branches[$0].value.node) }
    var (parameters, states): ([String], [String]) = ([], [])
    if let last = gives.last {
      let leaves = leaves(nodes(serving: last, without: given.first ?? last))
      (parameters, states) = (leaves.parameters, leaves.states)
    }
    let part = GraphPart(.block, scope: scope, parameters: parameters, states: states)
    func refused(_ reason: String) -> GraphBlock {
      GraphBlock(part: part, branches: own, cut: nil, reason: reason)
    }
    guard given.count == 1 else {
      return refused("it is given \(given.count) values, none of which could stand for it")
    }
    guard gives.count == 1 else {
      return refused("it gives \(gives.count) values, for which one cannot stand")
    }
    let (before, after) = (graph.type(of: given[0]), graph.type(of: gives[0]))
    guard before == after else {
      return refused(
        "it has no identity: it makes \(Shape(Array(before.shape.axes.dropFirst()))) of each example into "
          + "\(Shape(Array(after.shape.axes.dropFirst())))")
    }
    guard let cut = cut(.block, scope, gives[0], replacement: given[0]) else {
      return refused("it has no parameters of its own")
    }
    return GraphBlock(part: cut.part, branches: own, cut: cut, reason: nil)
  }

  /// Whether a value is made of examples: no parameter, no constant, no random key.
  private func isData(_ value: ValueID) -> Bool {
    if graph.nodes[value.node].leaf != nil {
      return graph.type(of: value).element == .float32 && dependsOnInput[value.node]
    }
    return dependsOnInput[value.node]
  }

  private func isRead(_ value: ValueID, outside members: Set<Int>) -> Bool {
    if graph.outputs.contains(where: { $0.value == value }) { return true }
    return readers[value.node].contains { reader in
      reader >= 0 && !members.contains(reader) && graph.nodes[reader].inputs.contains(value)
    }
  }
}
