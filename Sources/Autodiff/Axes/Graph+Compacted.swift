import CoppiceTensors

extension Graph {
  /// The same graph with smaller arrays: of what is removed from its parameters and states, every place that is tied to it is gone too,
  /// and each primitive is that for the places kept (`AxisTied.resized`).
  ///
  /// Where the removed places of all parameters hold zeros, this graph gives the same outputs up to rounding. What dropout drops goes
  /// by place, and is something else in a smaller array.
  ///
  /// - Throws: `TraceError` where something that stays is tied to what is removed, or cannot be removed itself.
  package func compacted(keeping kept: KeptAxes) throws -> Graph {
    guard !kept.isEmpty else { return self }
    let axes = GraphAxes(self)
    let isRemoved = try axes.removed(kept)
    var failure: TraceError?
    let graph = try Graph.trace { builder in
      let replay = builder.replay(self, type: { axes.type($0, $1, isRemoved) }) { index, inputs in
        guard let primitive = nodes[index].primitive as? any AxisTied,
          let places = axes.places(of: index, isRemoved)
        else { return nil }
        guard let resized = axes.resized(primitive, keeping: places, index) else {
          failure =
            failure
            ?? TraceError(
              scope: nodes[index].scope, primitive: primitive.name,
              problem: "cannot do without some of its places")
          return nil
        }
        return Array(builder.applyAll(resized, inputs).prefix(nodes[index].outputs.count))
      }
      for (name, value) in replay.outputs { builder.output(name, value) }
    }
    if let failure { throw failure }
    return graph
  }
}

/// The axes of all arrays of a graph, parted into what goes together.
struct GraphAxes: Sendable {
  let graph: Graph
  let partition: AxisPartition
  /// The first array of each node among those of the partition.
  private let arrays: [Int]

  init(_ graph: Graph) {
    self.graph = graph
    partition = AxisPartition(graph)
    var (arrays, count) = ([Int](), 0)
    for node in graph.nodes {
      arrays.append(count)
      count += node.outputs.count
    }
    self.arrays = arrays
  }

  /// The components along an axis of an output of a node, place by place.
  func components(_ value: ValueID, axis: Int) -> [Int] {
    partition.components(arrays[value.node] + value.output, axis: axis)
  }

  /// The parameters and states, in order.
  var leaves: [(node: Int, name: String)] {
    graph.nodes.enumerated().compactMap { index, node in
      switch node.leaf {
      case .parameter(let name)?, .state(let name, _)?: (index, name)
      default: nil
      }
    }
  }

  /// The components that are removed where some places of leaves are kept.
  /// - Throws: `TraceError` where one cannot be removed, or owns places that are kept.
  func removed(_ kept: KeptAxes) throws -> [Bool] {
    var (isRemoved, isKept) = (
      [Bool](repeating: false, count: partition.count), [Bool](repeating: false, count: partition.count)
    )
    for (node, name) in leaves {
      let shape = graph.nodes[node].outputs[0].shape
      if let fault = kept.fault(name, shape) { throw TraceError(primitive: "compacted", problem: fault) }
      for axis in shape.axes.indices {
        let places = kept.axes.first { $0.leaf == name && $0.axis == axis }?.places
        let stays = Set(places ?? Array(0..<shape[axis]))
        for (place, component) in components(ValueID(node: node), axis: axis).enumerated() {
          if stays.contains(place) { isKept[component] = true } else { isRemoved[component] = true }
        }
      }
    }
    for (node, name) in leaves {
      for axis in graph.nodes[node].outputs[0].shape.axes.indices {
        for (place, component) in components(ValueID(node: node), axis: axis).enumerated()
        where isRemoved[component] {
          guard !partition.isFixed[component] else {
            throw TraceError(
              primitive: "compacted",
              problem: "place \(place) along axis \(axis) of \(name) cannot be removed")
          }
          guard !isKept[component] else {
            throw TraceError(
              primitive: "compacted",
              problem: "place \(place) along axis \(axis) of \(name) goes with places of which some are kept")
          }
        }
      }
    }
    return isRemoved
  }

  /// The places of an array that are kept.
  func kept(_ value: ValueID, _ isRemoved: [Bool]) -> [[Int]] {
    graph.type(of: value).shape.axes.indices.map { axis in
      components(value, axis: axis).enumerated().filter { !isRemoved[$0.element] }.map(\.offset)
    }
  }

  /// The type of a leaf without its removed places.
  func type(_ node: Int, _ type: ValueType, _ isRemoved: [Bool]) -> ValueType {
    ValueType(Shape(kept(ValueID(node: node), isRemoved).map(\.count)), type.element)
  }

  /// The places kept of a node's inputs and outputs; `nil` where all are.
  func places(of node: Int, _ isRemoved: [Bool]) -> KeptPlaces? {
    let inputs = graph.nodes[node].inputs
    let outputs = graph.nodes[node].outputs.indices.map { ValueID(node: node, output: $0) }
    let kept = (inputs + outputs).map { self.kept($0, isRemoved) }
    let isWhole = zip(inputs + outputs, kept).allSatisfy { value, places in
      zip(places, graph.type(of: value).shape.axes).allSatisfy { $0.count == $1 }
    }
    guard !isWhole else { return nil }
    return KeptPlaces(
      inputs: Array(kept.prefix(inputs.count)), outputs: Array(kept.dropFirst(inputs.count)))
  }

  func resized(
    _ primitive: some AxisTied, keeping places: KeptPlaces, _ node: Int
  ) -> (any Primitive)? {
    primitive.resized(keeping: places, for: graph.signature(of: node))
  }

  /// What is kept of parameters and states where components are removed.
  func keptAxes(_ isRemoved: [Bool]) -> KeptAxes {
    KeptAxes(
      leaves.flatMap { node, name in
        let shape = graph.nodes[node].outputs[0].shape
        return kept(ValueID(node: node), isRemoved).enumerated().compactMap { axis, places in
          places.count == shape[axis]
            ? nil : KeptAxes.Axis(name, axis: axis, of: shape[axis], places)
        }
      })
  }

  /// Takes some components back, so that of no axis everything is removed: of each the first is kept.
  func keepSome(_ isRemoved: inout [Bool]) {
    var isDone = false
    while !isDone {
      isDone = true
      for (node, shape) in graph.nodes.enumerated().flatMap({ index, node in
        node.outputs.enumerated().map { (ValueID(node: index, output: $0), $1.shape) }
      }) {
        for axis in shape.axes.indices {
          let components = components(node, axis: axis)
          guard let first = components.first, components.allSatisfy({ isRemoved[$0] }) else { continue }
          isRemoved[first] = false
          isDone = false
        }
      }
    }
  }
}

extension Graph {
  /// What is kept of parameters and states where these slices go, and all that is tied to them.
  /// - Throws: `TraceError` where something cannot be removed, or nothing of an axis would be left.
  package func keptAxes(without slices: [AxisSlice]) throws -> KeptAxes {
    let axes = GraphAxes(self)
    var isRemoved = [Bool](repeating: false, count: axes.partition.count)
    for slice in slices {
      guard let leaf = axes.leaves.first(where: { $0.name == slice.parameter })?.node,
        nodes[leaf].outputs[0].shape.axes.indices.contains(slice.axis)
      else {
        throw TraceError(
          primitive: "compacted", problem: "there is no axis \(slice.axis) of \(slice.parameter)")
      }
      let components = axes.components(ValueID(node: leaf), axis: slice.axis)
      for place in slice.indices {
        guard components.indices.contains(place), !axes.partition.isFixed[components[place]] else {
          throw TraceError(
            primitive: "compacted",
            problem: "place \(place) along axis \(slice.axis) of \(slice.parameter) cannot be removed")
        }
        isRemoved[components[place]] = true
      }
    }
    let asked = isRemoved
    axes.keepSome(&isRemoved)
    guard asked == isRemoved else {
      throw TraceError(primitive: "compacted", problem: "nothing would be left of an axis")
    }
    return axes.keptAxes(isRemoved)
  }
}
