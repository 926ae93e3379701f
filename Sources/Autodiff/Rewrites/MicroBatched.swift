import CoppiceTensors

/// A primitive that treats a batch example by example. Its first output has a part for each example, along the first axis or, side by
/// side, in panels. That part depends on the same example of some inputs and on no other example of them. Other inputs are read whole.
package protocol ExamplewisePrimitive: Primitive {
  /// The inputs that come example by example; `nil` where the operation is none of this kind for these types, or where its bits
  /// depend on how many examples there are.
  func examplewiseInputs(for signature: Signature) -> [Int]?

  /// The same operation on some examples of a batch.
  func taking(_ examples: Int, of batch: Int) -> any ExamplewisePrimitive
}

extension ExamplewisePrimitive {
  package func examplewiseInputs(for signature: Signature) -> [Int]? { [0] }
  package func taking(_ examples: Int, of batch: Int) -> any ExamplewisePrimitive { self }
}

extension Graph {
  /// The same graph, in which operations that follow each other example by example have become `MicroBatches`. That happens where
  /// their results take more than `bytes`. A micro-batch then has so few examples that they take no more on each thread. Several
  /// threads take micro-batches from `shared` bytes on: else each would read what another has just written, out of that one's cache.
  /// The bits are the same.
  package func inMicroBatches(threads: Int = 1, bytes: Int = 1 << 20, shared: Int = 1 << 19) -> Graph {
    var result = self
    let batches = batches
    for run in examplewiseRuns(batches, bytes: bytes) {
      guard let last = run.last,
        let node = microBatched(
          run, of: batches[last].examples, threads, bytes, threads > 1 ? min(shared, bytes) : bytes)
      else { continue }
      result.nodes[last] = node
    }
    return result.removingDeadNodes()
  }

  /// Examples of the batch that a node works on, and whether what it gives lies in panels.
  private typealias Batch = (examples: Int, isInPanels: Bool)

  private var batches: [Batch] {
    var batches: [Batch] = []
    for node in nodes {
      let before = node.inputs.first.map { batches[$0.node] }
      if node.primitive is Panels {
        batches.append((type(of: node.inputs[0]).shape[0], true))
      } else if let before, before.isInPanels, !(node.primitive is Panels.Rows),
        node.primitive is any ExamplewisePrimitive
      {
        batches.append(before)
      } else {
        batches.append((node.outputs[0].shape.axes.first ?? 1, false))
      }
    }
    return batches
  }

  /// Runs of nodes that follow each other and treat a batch of one size example by example. Only the last node of a run is read
  /// elsewhere.
  private func examplewiseRuns(_ batches: [Batch], bytes: Int) -> [[Int]] {
    var readers = [Set<Int>](repeating: [], count: nodes.count)
    /// Nodes that others read more of than the first output.
    var areManifold: Set<Int> = []
    func read(_ value: ValueID, by reader: Int) {
      readers[value.node].insert(reader)
      if value.output > 0 { areManifold.insert(value.node) }
    }
    for (index, node) in nodes.enumerated() { node.inputs.forEach { read($0, by: index) } }
    for value in outputs.map(\.value) + updates.map(\.value) { read(value, by: nodes.count) }
    var runs: [[Int]] = []
    var run: [Int] = []
    /// Cuts the run behind the first node that is read elsewhere, until no such node is left.
    func finish() {
      while !run.isEmpty {
        var piece = run
        while let end = piece.dropLast().firstIndex(where: { !readers[$0].isSubset(of: piece) }) {
          piece = Array(piece[...end])
        }
        runs.append(piece)
        run.removeFirst(piece.count)
      }
    }
    for (index, node) in nodes.enumerated() where node.leaf == nil {
      guard !areManifold.contains(index), let examplewise = examplewiseInputs(index, bytes: bytes) else {
        finish()
        continue
      }
      let isNext = run.first.map { batches[$0].examples == batches[index].examples } ?? true
      let areWhole = node.inputs.enumerated().allSatisfy {
        examplewise.contains($0) || !run.contains($1.node)
      }
      if !isNext || !areWhole { finish() }
      run.append(index)
    }
    finish()
    // Panels from elsewhere, or for elsewhere, are those of the whole batch.
    return runs.filter { run in
      let outside = run.flatMap { nodes[$0].inputs.map(\.node) }.filter { !run.contains($0) }
      return run.count > 1 && !(outside + run.suffix(1)).contains { batches[$0].isInPanels }
    }
  }

  /// The inputs that come example by example; `nil` where a node is not to be part of a run. A node that reads much as a whole is
  /// none: it would read all of that again for every micro-batch, which costs more than it saves.
  private func examplewiseInputs(_ index: Int, bytes: Int) -> [Int]? {
    guard let primitive = nodes[index].primitive as? any ExamplewisePrimitive,
      nodes[index].outputs[0].shape.rank > 0,
      let examplewise = primitive.examplewiseInputs(for: signature(of: index))
    else { return nil }
    let whole = nodes[index].inputs.enumerated().filter { !examplewise.contains($0.offset) }
    return 2 * whole.reduce(0) { $0 + type(of: $1.element).size } <= bytes ? examplewise : nil
  }

  /// The node that does what these do; `nil` where that gains nothing.
  private func microBatched(
    _ run: [Int], of batch: Int, _ threads: Int, _ bytes: Int, _ least: Int
  ) -> Node? {
    guard batch > 1, let last = run.last, let one = part(run, of: 1, in: batch) else { return nil }
    let size = Plan.arenaSize(one.graph)
    guard batch * size > least else { return nil }
    let most = max(1, bytes / size)
    // A multiple of the threads, so that all have equally much to do: each takes neighbouring ones. If possible all are of one size.
    let threads = max(1, threads), rounds = ((batch + most - 1) / most + threads - 1) / threads
    let fewest = min(batch, rounds * threads)
    let count = (fewest..<2 * fewest).first { batch % $0 == 0 && $0 % threads == 0 } ?? fewest
    let primitive = MicroBatches(batch: batch, count: count, isExamplewise: one.inputs.map(\.isExamplewise)) {
      part(run, of: $0, in: batch)?.graph
    }
    return primitive.map {
      Node(
        operation: .primitive($0), inputs: one.inputs.map(\.value), outputs: [nodes[last].outputs[0]],
        scope: nodes[last].scope)
    }
  }

  /// These nodes for so many examples, and which values of this graph its inputs are.
  private func part(_ run: [Int], of examples: Int, in batch: Int) -> (
    graph: Graph, inputs: [(value: ValueID, isExamplewise: Bool)]
  )? {
    var inputs: [(value: ValueID, isExamplewise: Bool)] = []
    let graph = try? Graph.trace { builder in
      var values: [ValueID: Value] = [:]
      var whole: [ValueID: Value] = [:]
      for index in run {
        guard let primitive = nodes[index].primitive as? any ExamplewisePrimitive else { continue }
        let examplewise = primitive.examplewiseInputs(for: signature(of: index)) ?? []
        let arguments = nodes[index].inputs.enumerated().map { place, input in
          let (type, isExamplewise) = (type(of: input), examplewise.contains(place))
          if let known = isExamplewise ? values[input] : whole[input] { return known }
          let shape = isExamplewise ? Shape([examples] + type.shape.axes.dropFirst()) : type.shape
          let value = builder.input("\(inputs.count)", shape, type.element)
          inputs.append((input, isExamplewise))
          if isExamplewise { values[input] = value } else { whole[input] = value }
          return value
        }
        values[ValueID(node: index)] = builder.within(nodes[index].scope) {
          builder.applyAll(primitive.taking(examples, of: batch), arguments)[0]
        }
      }
      if let last = run.last, let y = values[ValueID(node: last)] { builder.output("y", y) }
    }
    return graph.map { ($0, inputs) }
  }
}
