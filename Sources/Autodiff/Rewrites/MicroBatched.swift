import CoppiceTensors

extension Graph {
  /// The same graph with operations that follow each other example by example made into `MicroBatches`, wherever what lies between
  /// them takes more than `bytes`: then as many examples at a time as need no more. The bits are the same.
  ///
  /// - Parameter threads: each of them gets at least one micro-batch.
  package func inMicroBatches(threads: Int = 1, bytes: Int = 4 << 20) -> Graph {
    var result = self
    for run in examplewiseRuns {
      guard let last = run.last, let node = microBatched(run, threads: threads, bytes: bytes) else {
        continue
      }
      result.nodes[last] = node
    }
    return result.removingDeadNodes()
  }

  /// Nodes behind each other that treat a batch of one size example by example, none but the last of which is read elsewhere.
  private var examplewiseRuns: [[Int]] {
    var readers: [Int: Set<Int>] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { readers[input.node, default: []].insert(index) }
    }
    let kept = Set(outputs.map(\.value.node) + updates.map(\.value.node))
    var runs: [[Int]] = []
    var run: [Int] = []
    /// Cuts the run behind the first node that is read elsewhere, until no such node is left.
    func finish() {
      while !run.isEmpty {
        var piece = run
        while let end = piece.dropLast().firstIndex(where: {
          kept.contains($0) || !(readers[$0] ?? []).isSubset(of: piece)
        }) {
          piece = Array(piece[...end])
        }
        runs.append(piece)
        run.removeFirst(piece.count)
      }
    }
    for (index, node) in nodes.enumerated() where node.leaf == nil {
      let isNext = node.primitive is any ExamplewisePrimitive && node.outputs[0].shape.rank > 0
      if !isNext || !extends(run, index) { finish() }
      if isNext { run.append(index) }
    }
    finish()
    return runs.filter { $0.count > 1 }
  }

  private func extends(_ run: [Int], _ index: Int) -> Bool {
    guard let first = run.first, let primitive = nodes[index].primitive as? any ExamplewisePrimitive else {
      return true
    }
    return nodes[index].outputs[0].shape[0] == nodes[first].outputs[0].shape[0]
      && nodes[index].inputs.enumerated().allSatisfy { place, input in
        primitive.examplewiseInputs.contains(place) || !run.contains(input.node)
      }
  }

  /// The node that does what these do; `nil` where that gains nothing.
  private func microBatched(_ run: [Int], threads: Int, bytes: Int) -> Node? {
    let batch = nodes[run[0]].outputs[0].shape[0]
    guard batch > 1, let one = part(run, of: 1) else { return nil }
    let size = Plan(one.graph).arenaSize
    guard batch * size > bytes,
      let examples = (1...batch).last(where: {
        batch % $0 == 0 && $0 * max(1, threads) <= batch && $0 * size <= max(bytes, size)
      }), let part = part(run, of: examples), let last = run.last
    else { return nil }
    let primitive = MicroBatches(
      part.graph, count: batch / examples, isExamplewise: part.inputs.map(\.isExamplewise))
    return Node(
      operation: .primitive(primitive), inputs: part.inputs.map(\.value), outputs: nodes[last].outputs,
      scope: nodes[last].scope)
  }

  /// These nodes for so many examples, and which values of this graph its inputs are.
  private func part(_ run: [Int], of examples: Int) -> (
    graph: Graph, inputs: [(value: ValueID, isExamplewise: Bool)]
  )? {
    var inputs: [(value: ValueID, isExamplewise: Bool)] = []
    let graph = try? Graph.trace { builder in
      var values: [ValueID: Value] = [:]
      var whole: [ValueID: Value] = [:]
      for index in run {
        guard let primitive = nodes[index].primitive as? any ExamplewisePrimitive else { continue }
        let arguments = nodes[index].inputs.enumerated().map { place, input in
          let (type, isExamplewise) = (type(of: input), primitive.examplewiseInputs.contains(place))
          if let known = isExamplewise ? values[input] : whole[input] { return known }
          let shape = isExamplewise ? Shape([examples] + type.shape.axes.dropFirst()) : type.shape
          let value = builder.input("\(inputs.count)", shape, type.element)
          inputs.append((input, isExamplewise))
          if isExamplewise { values[input] = value } else { whole[input] = value }
          return value
        }
        for (output, value) in builder.applyAll(primitive, arguments).enumerated() {
          values[ValueID(node: index, output: output)] = value
        }
      }
      if let last = run.last, let y = values[ValueID(node: last)] { builder.output("y", y) }
    }
    return graph.map { ($0, inputs) }
  }
}
