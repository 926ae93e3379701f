import CoppiceTensors

extension Graph {
  /// The graph that follows the paths of this forward graph from its inputs to one of its outputs.
  ///
  /// A path goes from an element to an element through products with weights that survive, through sums and shortcuts. What an
  /// addition brings in (a bias, an embedding of places) begins none, since no input has a part in it.
  ///
  /// Its leaves are the parameters, which hold 1 where an element survives and else 0. Its outputs are `paths`, above 0 where a path
  /// is left, and `path/<name>` for each of the weights, above 0 at the elements that are part of one.
  ///
  /// Paths are followed forward to where an input is carried, then back to what is useful to the output.
  package func paths(to output: String, through weights: [String]) throws -> Graph {
    let plain = try written(inSimplerOperations: { !($0 is any PathPrimitive) })
    let graph = try Graph.trace { builder in
      guard let end = plain.outputs.first(where: { $0.name == output })?.value else {
        return builder.fail("paths", "there is no output \(output)")
      }
      var walk = PathWalk(plain, builder, weights: Set(weights))
      walk.goForward()
      let useful = walk.goBack(from: end)
      for (index, node) in plain.nodes.enumerated() {
        guard case .parameter(let name)? = node.leaf, weights.contains(name) else { continue }
        let value = ValueID(node: index)
        guard let alive = walk.reached(value)?.alive else { continue }
        builder.output("path/\(name)", useful[value].map { $0 * alive } ?? alive.scaled(by: 0))
      }
      builder.output("paths", walk.reached(end)?.carried?.sum ?? builder.constant(0))
    }
    return graph.simplified
  }

  /// The graph that tells which elements of some values of this forward graph may be other than 0, whatever the inputs are.
  ///
  /// Its leaves are the parameters, which hold 1 where an element survives and else 0. Its outputs are `alive/<k>` for value k of those
  /// asked for, shaped like it: 0 at the elements that are always 0.
  func aliveness(of values: [ValueID]) throws -> Graph {
    var marked = withoutUpdates
    marked.outputs = values.enumerated().map { ("alive/\($0)", $1) }
    let plain = try marked.written(inSimplerOperations: { !($0 is any PathPrimitive) })
    return try Graph.trace { builder in
      var walk = PathWalk(plain, builder, weights: [])
      walk.goForward()
      for output in plain.outputs {
        if let alive = walk.reached(output.value)?.alive { builder.output(output.name, alive) }
      }
    }.simplified
  }

  /// The same graph in which fused primitives of some kind are written out as their definitions say.
  private func written(inSimplerOperations isWritten: (any Primitive) -> Bool) throws -> Graph {
    var graph = self
    while graph.nodes.contains(where: {
      $0.primitive.map { $0 is any FusedPrimitive && isWritten($0) } ?? false
    }) {
      let old = graph
      graph = try Graph.trace { builder in
        let replay = builder.replay(
          old,
          node: { index, inputs in
            guard let fused = old.nodes[index].primitive as? any FusedPrimitive, isWritten(fused) else {
              return nil
            }
            return fused.definition(inputs)
          })
        for (name, value) in replay.outputs { builder.output(name, value) }
      }
    }
    return graph
  }
}

/// The way through a forward graph and back.
private struct PathWalk {
  let graph: Graph
  let builder: GraphBuilder
  /// Whether a node's values depend on one of the weights that are asked for.
  private var dependsOnWeight: [Bool] = []
  private var reach: [ValueID: Reach] = [:]

  init(_ graph: Graph, _ builder: GraphBuilder, weights: Set<String>) {
    self.graph = graph
    self.builder = builder
    for node in graph.nodes {
      if case .parameter(let name)? = node.leaf {
        dependsOnWeight.append(weights.contains(name))
      } else {
        dependsOnWeight.append(node.inputs.contains { dependsOnWeight[$0.node] })
      }
    }
  }

  /// What is known of a value.
  func reached(_ value: ValueID) -> Reach? { reach[value] }

  mutating func goForward() {
    for (index, node) in graph.nodes.enumerated() {
      let outputs = builder.within(node.scope) { known(index) }
      for (output, found) in outputs.enumerated() { reach[ValueID(node: index, output: output)] = found }
    }
  }

  private func known(_ index: Int) -> [Reach] {
    let node = graph.nodes[index]
    let shape = node.outputs[0].shape
    switch node.operation {
    case .leaf(.input): return [Reach(alive: builder.constant(1, shape), carried: builder.constant(1, shape))]
    case .leaf(.parameter(let name)): return [Reach(alive: builder.parameter(name, shape))]
    case .leaf(.state): return [Reach(alive: builder.constant(1, shape))]
    case .leaf(.constant(let number)): return [Reach(alive: builder.constant(number == 0 ? 0 : 1, shape))]
    case .primitive(let primitive):
      return follow(primitive, index, node.inputs.compactMap { reach[$0] }).map { $0.mapped(\.presence) }
    }
  }

  private func follow(_ primitive: any Primitive, _ index: Int, _ inputs: [Reach]) -> [Reach] {
    let signature = graph.signature(of: index)
    if let primitive = primitive as? any PathPrimitive { return primitive.reach(inputs, signature) }
    return signature.outputs.map { Reach.mixed(inputs, $0.shape, builder) }
  }

  /// Where each value is useful to an element of the end, and has a part in what is carried there: 0 or 1. Only values on which
  /// there is a weight to ask about are told of.
  func goBack(from end: ValueID) -> [ValueID: Value] {
    guard let carried = reach[end]?.carried else { return [:] }
    var useful = [end: builder.constant(1, carried.shape)]
    for index in graph.nodes.indices.reversed() where dependsOnWeight[index] {
      guard let primitive = graph.nodes[index].primitive else { continue }
      let outputs = graph.nodes[index].outputs.indices.map { ValueID(node: index, output: $0) }
      let seeds = outputs.map { useful[$0] }
      let inputs = graph.nodes[index].inputs
      let known = inputs.compactMap { reach[$0] }
      guard seeds.contains(where: { $0 != nil }), known.count == inputs.count else { continue }
      let gradients = builder.within(graph.nodes[index].scope) {
        builder.gradients(
          of: { tracks in
            follow(primitive, index, zip(known, tracks).map { $0.tracked(by: $1) }).map(\.track)
          }, at: known.map(\.track), seeds: seeds)
      }
      for (input, gradient) in zip(inputs, gradients) where dependsOnWeight[input.node] {
        guard let part = gradient?.presence else { continue }
        useful[input] = useful[input].map { ($0 + part).presence } ?? part
      }
    }
    return useful
  }
}
