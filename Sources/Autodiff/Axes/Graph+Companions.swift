import CoppiceTensors

extension Graph {
  /// The vectors whose element i belongs to row i (axis 0) of this weight and to nothing else, in the order of the graph: its own
  /// bias, and scale and shift of a normalisation that follows it.
  ///
  /// The way goes forward from what reads the weight, as long as an operation has one data input. It ends before the first operation
  /// with a second one (a residual sum) or with another weight, and where rows are no longer places of what was made, one to one.
  /// The graph is a forward graph: a vector that is read twice belongs to more than this weight.
  package func companions(of parameter: String) -> [String] {
    guard let leaf = nodes.firstIndex(where: { $0.leaf == .parameter(parameter) }),
      let rows = nodes[leaf].outputs[0].shape.axes.first
    else { return [] }
    let walk = CompanionWalk(self)
    return walk.companions(of: leaf, rows: rows).map { nodes[$0].leaf?.name ?? "" }
  }
}

/// A value whose places along an axis are rows of the weight, one to one: `rows[i]` is that of place i.
private struct RowsOfWeight {
  let value: ValueID
  let axis: Int
  let rows: [Int]
}

private struct CompanionWalk {
  let graph: Graph
  /// The nodes that read a value, once for each input.
  private var readers: [ValueID: [Int]] = [:]
  /// Whether a node's values depend on an input of the graph.
  private var dependsOnInput: [Bool] = []
  /// Whether a node's values depend on a parameter of more than one axis.
  private var dependsOnWeight: [Bool] = []

  init(_ graph: Graph) {
    self.graph = graph
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input, default: []].append(index) }
      let sources = node.inputs.map(\.node)
      switch node.leaf {
      case .input: dependsOnInput.append(true)
      default: dependsOnInput.append(sources.contains { dependsOnInput[$0] })
      }
      switch node.leaf {
      case .parameter: dependsOnWeight.append(node.outputs[0].shape.rank > 1)
      default: dependsOnWeight.append(sources.contains { dependsOnWeight[$0] })
      }
    }
  }

  /// The leaves of the vectors that belong to the rows of this leaf.
  func companions(of leaf: Int, rows: Int) -> [Int] {
    var found: Set<Int> = []
    var visited: Set<Int> = []
    var open = [RowsOfWeight(value: ValueID(node: leaf), axis: 0, rows: Array(0..<rows))]
    while let next = open.popLast() {
      for reader in readers[next.value] ?? [] where visited.insert(reader).inserted {
        guard isOneWay(reader, from: next.value) else { continue }
        let arrays = spread(next, over: reader)
        for array in arrays where array.value.node != reader && array.value != next.value {
          if let vector = vector(array) { found.insert(vector) }
        }
        open += arrays.filter { $0.value.node == reader }
      }
    }
    return found.sorted()
  }

  /// Whether a node has one data input at most, and no weight but what the way came by.
  private func isOneWay(_ node: Int, from value: ValueID) -> Bool {
    let inputs = graph.nodes[node].inputs
    let data = inputs.count { dependsOnInput[$0.node] && graph.type(of: $0).element == .float32 }
    let isWeightElsewhere = inputs.contains {
      $0 != value && !dependsOnInput[$0.node] && dependsOnWeight[$0.node]
    }
    return data <= 1 && !isWeightElsewhere
  }

  /// The inputs and outputs of a node that have the same rows along an axis, one to one.
  private func spread(_ array: RowsOfWeight, over node: Int) -> [RowsOfWeight] {
    guard let primitive = graph.nodes[node].primitive as? any AxisTied,
      let port = graph.nodes[node].inputs.firstIndex(of: array.value)
    else { return [] }
    return spread(array, from: port, in: AxisPartition(primitive, graph.signature(of: node)), node)
  }

  private func spread(
    _ array: RowsOfWeight, from port: Int, in partition: AxisPartition, _ node: Int
  ) -> [RowsOfWeight] {
    var rowOf: [Int: Int] = [:]
    for (component, row) in zip(partition.components(port, axis: array.axis), array.rows) {
      guard rowOf.updateValue(row, forKey: component) == nil else { return [] }
    }
    let values =
      graph.nodes[node].inputs
      + graph.nodes[node].outputs.indices.map { ValueID(node: node, output: $0) }
    return values.enumerated().flatMap { place, value in
      graph.type(of: value).shape.axes.indices.compactMap { axis -> RowsOfWeight? in
        let rows = partition.components(place, axis: axis).compactMap { rowOf[$0] }
        guard rows.count == graph.type(of: value).shape[axis], rows.count == array.rows.count,
          Set(rows).count == rows.count
        else { return nil }
        return RowsOfWeight(value: value, axis: axis, rows: rows)
      }
    }
  }

  /// The vector parameter that an array with the rows of the weight is, or is repeated from; `nil` where there is none, where its
  /// order is another, or where it is read elsewhere too.
  private func vector(_ array: RowsOfWeight) -> Int? {
    let node = graph.nodes[array.value.node]
    guard readers[array.value]?.count == 1 else { return nil }
    switch node.operation {
    case .leaf(.parameter):
      let isVector = node.outputs[0].shape.rank == 1 && array.rows == Array(array.rows.indices)
      return isVector ? array.value.node : nil
    case .primitive(let primitive as any AxisTied) where node.inputs.count == 1:
      let partition = AxisPartition(primitive, graph.signature(of: array.value.node))
      let made = spread(array, from: 1 + array.value.output, in: partition, array.value.node)
      return made.first { $0.value == node.inputs[0] }.flatMap(vector)
    default: return nil
    }
  }
}
