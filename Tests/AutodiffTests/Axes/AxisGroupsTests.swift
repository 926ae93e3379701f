import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Groups of graphs made by hand, each held against brute force: with one group at zero, moving the elements of another changes what
/// comes out, and moving its own does not.
struct AxisGroupsTests {
  // MARK: Brute force

  /// Numbers for every leaf, small and of either sign, so that no two places do the same; those of states positive.
  private func leaves(_ graph: Graph) -> [String: ReferenceArray] {
    var arrays: [String: ReferenceArray] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let name = node.leaf?.name else { continue }
      var random = RandomStream(seed: 3, stream: .generation, substream: UInt32(index))
      let (shape, isWhole) = (node.outputs[0].shape, node.outputs[0].element == .int32)
      let offset = if case .state = node.leaf { 0.5 } else { -0.4 }
      arrays[name] = ReferenceArray(
        shape,
        (0..<shape.count).map { _ in
          isWhole ? Double(random.integer(below: 3)) : Double(random.uniform()) + offset
        })
    }
    return arrays
  }

  private func change(
    _ slices: [AxisSlice], in leaves: [String: ReferenceArray], _ body: (Double) -> Double
  ) -> [String: ReferenceArray] {
    var leaves = leaves
    for slice in slices {
      guard var array = leaves[slice.parameter] else { continue }
      for place in ReferenceArray.coordinates(of: array.shape) where slice.indices.contains(place[slice.axis])
      {
        array[place] = body(array[place])
      }
      leaves[slice.parameter] = array
    }
    return leaves
  }

  private func isEqual(_ graph: Graph, _ a: [String: ReferenceArray], _ b: [String: ReferenceArray]) throws
    -> Bool
  {
    let (a, b) = (try Interpreter.outputs(of: graph, a), try Interpreter.outputs(of: graph, b))
    return graph.outputs.allSatisfy { output in
      zip(a[output.name]?.scalars ?? [], b[output.name]?.scalars ?? []).allSatisfy { abs($0 - $1) <= 1e-9 }
    }
  }

  /// Checks all pairs of groups of a graph in which every parameter has a part in what comes out.
  private func expectBruteForceAgrees(_ graph: Graph) throws {
    let (groups, leaves) = (graph.axisGroups(), leaves(graph))
    for group in groups where !group.isFixed {
      let without = change(group.slices, in: leaves) { _ in 0 }
      for slice in group.slices {
        #expect(
          try isEqual(graph, without, change([slice], in: without) { $0 + 0.37 }), "\(slice) lives on")
      }
      for other in groups where other != group {
        let moved = change(other.slices, in: without) { $0 + 0.37 }
        #expect(try !isEqual(graph, without, moved), "\(other.slices) goes with \(group.slices)")
      }
    }
    // Each parameter's places are in one group each.
    for (name, shape) in graph.parameters {
      for axis in shape.axes.indices {
        let places = groups.flatMap(\.slices).filter { $0.parameter == name && $0.axis == axis }.flatMap(
          \.indices)
        #expect(places.sorted() == Array(0..<shape[axis]))
      }
    }
  }

  private func removable(_ graph: Graph) -> [[AxisSlice]] {
    graph.axisGroups().filter { !$0.isFixed }.map(\.slices)
  }

  // MARK: Graphs

  /// `x W` with a bias and a rectifier, names as layers give them.
  private func linear(_ x: Value, _ name: String, _ outputs: Int, rectifies: Bool = false) -> Value {
    x.builder.apply(
      Affine(hasBias: true, rectifies: rectifies), x,
      x.builder.parameter("\(name).weight", [outputs, x.shape[-1]]),
      x.builder.parameter("\(name).bias", [outputs]))
  }

  @Test func perceptron() throws {
    let graph = try Graph.trace { builder in
      let x = linear(builder.input("x", [6, 3]), "a", 4, rectifies: true)
      builder.output("y", linear(x, "b", 2))
    }
    let groups = graph.axisGroups()
    let hidden = (0..<4).map {
      AxisGroup([
        .init("a.weight", axis: 0, [$0]), .init("a.bias", axis: 0, [$0]), .init("b.weight", axis: 1, [$0]),
      ])
    }
    let pixels = (0..<3).map { AxisGroup([.init("a.weight", axis: 1, [$0])], isFixed: true) }
    let logits = (0..<2).map {
      AxisGroup([.init("b.weight", axis: 0, [$0]), .init("b.bias", axis: 0, [$0])], isFixed: true)
    }
    #expect(groups == hidden + pixels + logits)
    try expectBruteForceAgrees(graph)
  }

  @Test func convolutionAndFlatten() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [2, 2, 6, 6]).convolution(
        builder.parameter("c.weight", [3, 2, 3, 3]), bias: builder.parameter("c.bias", [3]), padding: 1)
      builder.output("y", linear(x.maxPooled(3).relu.flattened(from: 1), "f", 2))
    }
    #expect(
      removable(graph)
        == (0..<3).map {
          [
            .init("c.weight", axis: 0, [$0]), .init("c.bias", axis: 0, [$0]),
            .init("f.weight", axis: 1, Array($0 * 4..<$0 * 4 + 4)),
          ]
        })
    try expectBruteForceAgrees(graph)
  }

  @Test func aResidualStreamIsOneGroupAChannel() throws {
    let graph = try Graph.trace { builder in
      func convolved(_ x: Value, _ name: String) -> Value {
        x.convolution(builder.parameter("\(name).weight", [3, x.shape[1], 3, 3]), padding: 1)
          .batchNormalized(
            gamma: builder.parameter("\(name).scale", [3]), beta: builder.parameter("\(name).shift", [3]),
            mean: builder.state("\(name).mean", [3]),
            variance: builder.state("\(name).variance", [3], initial: 1))
      }
      let stream = convolved(builder.input("x", [2, 2, 4, 4]), "first").relu
      let inner = convolved(stream, "inner").relu
      builder.output("y", linear((stream + convolved(inner, "outer")).relu.globalAveragePooled, "f", 2))
    }
    let groups = graph.axisGroups(withStates: true).filter { !$0.isFixed }
    #expect(groups.count == 6)
    #expect(
      groups[1].slices == [
        .init("first.weight", axis: 0, [1]), .init("first.scale", axis: 0, [1]),
        .init("first.shift", axis: 0, [1]),
        .init("inner.weight", axis: 1, [1]), .init("outer.weight", axis: 0, [1]),
        .init("outer.scale", axis: 0, [1]),
        .init("outer.shift", axis: 0, [1]), .init("f.weight", axis: 1, [1]),
        .init("first.mean", axis: 0, [1]),
        .init("first.variance", axis: 0, [1]), .init("outer.mean", axis: 0, [1]),
        .init("outer.variance", axis: 0, [1]),
      ])
    #expect(
      groups[5].slices == [
        .init("inner.weight", axis: 0, [2]), .init("inner.scale", axis: 0, [2]),
        .init("inner.shift", axis: 0, [2]),
        .init("outer.weight", axis: 1, [2]), .init("inner.mean", axis: 0, [2]),
        .init("inner.variance", axis: 0, [2]),
      ])
    #expect(removable(graph).joined().allSatisfy { !$0.parameter.hasSuffix("mean") })
    try expectBruteForceAgrees(graph)
  }

  @Test func concatenationGivesOffsets() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [4, 3])
      let both = linear(x, "a", 2).relu.concatenated(with: linear(x, "b", 3).gelu, axis: 1)
      builder.output("y", linear(both, "c", 2))
    }
    #expect(
      removable(graph)[3] == [
        .init("b.weight", axis: 0, [1]), .init("b.bias", axis: 0, [1]), .init("c.weight", axis: 1, [3]),
      ])
    #expect(removable(graph).count == 5)
    try expectBruteForceAgrees(graph)
  }

  @Test func attentionIsRemovedByHeads() throws {
    let graph = try Graph.trace { builder in
      let x = linear(builder.input("x", [2, 3, 4]), "attn", 12)
      builder.output("y", linear(x.selfAttention(heads: 2, isCausal: true), "proj", 2))
    }
    let heads = graph.axisGroups().filter { !$0.isFixed }
    #expect(
      heads
        == [[0, 1, 4, 5, 8, 9], [2, 3, 6, 7, 10, 11]].map { rows in
          AxisGroup(
            [
              .init("attn.weight", axis: 0, rows), .init("attn.bias", axis: 0, rows),
              .init("proj.weight", axis: 1, Array(rows.prefix(2))),
            ], labels: ["head"])
        })
    try expectBruteForceAgrees(graph)
  }

  @Test("attention in simple operations has the same heads") func attentionByDefinition() throws {
    let attention = Attention(heads: 2, isCausal: true, isPacked: true)
    let graphs = try [true, false].map { isFused in
      try Graph.trace { builder in
        let x = linear(builder.input("x", [2, 3, 4]), "attn", 12)
        let o = isFused ? builder.applyAll(attention, [x])[0] : attention.definition([x])[0]
        builder.output("y", linear(o, "proj", 2))
      }
    }
    #expect(removable(graphs[0]) == removable(graphs[1]))
  }

  @Test func groupedAndDepthwiseConvolutions() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [2, 2, 4, 4]).convolution(builder.parameter("a", [4, 2, 1, 1])).relu
      let y = x.convolution(builder.parameter("depthwise", [8, 1, 3, 3]), padding: 1, groups: 4).relu
      let z = y.convolution(builder.parameter("grouped", [4, 4, 1, 1]), groups: 2).relu
      builder.output("y", z.convolution(builder.parameter("b", [2, 4, 1, 1])))
    }
    // The two groups reach back over the depthwise convolution to two channels of x each.
    #expect(
      removable(graph)
        == (0..<2).map {
          [
            .init("a", axis: 0, [2 * $0, 2 * $0 + 1]),
            .init("depthwise", axis: 0, Array(4 * $0..<4 * $0 + 4)),
            .init("grouped", axis: 0, [2 * $0, 2 * $0 + 1]), .init("b", axis: 1, [2 * $0, 2 * $0 + 1]),
          ]
        })
    try expectBruteForceAgrees(graph)
  }

  @Test func normalizationEmbeddingAndSharedWeights() throws {
    let graph = try Graph.trace { builder in
      let table = builder.parameter("table", [3, 4])
      let places = builder.parameter("places", [2, 4])
      let x = table.rows(at: builder.input("tokens", [5, 2], .int32)) + places
      let normal = x.layerNormalized(
        gamma: builder.parameter("scale", [4]), beta: builder.parameter("shift", [4]))
      let y = normal.mergingAxes(0, count: 2).product(table, transposingOther: true)
      builder.output("y", y)
    }
    #expect(
      removable(graph)
        == (0..<4).map { index in
          [
            .init("table", axis: 1, [index]), .init("places", axis: 1, [index]),
            .init("scale", axis: 0, [index]),
            .init("shift", axis: 0, [index]),
          ]
        })
    #expect(graph.axisGroups().filter(\.isFixed).flatMap(\.slices).map(\.axis) == [0, 0, 0, 0, 0])
  }

  @Test("features that are added up must be zero where they are removed")
  func sumsOverFeatures() throws {
    func graph(_ hidden: (Value) -> Value) throws -> Graph {
      try Graph.trace { builder in
        let x = builder.input("x", [4, 3]).product(builder.parameter("w", [3, 2]))
        builder.output("y", hidden(x).summed(over: 1))
      }
    }
    let columns = (0..<2).map { [AxisSlice("w", axis: 1, [$0])] }
    #expect(removable(try graph { $0 }) == columns)
    #expect(removable(try graph { $0.relu.scaled(by: 2) }) == columns)
    #expect(removable(try graph { $0.exponential }).isEmpty)
    #expect(removable(try graph { $0.offset(by: 1) }).isEmpty)
  }

  @Test func anUntiedPrimitiveFixesWhatItTouches() throws {
    let graph = try Graph.trace { builder in
      let x = linear(builder.input("x", [4, 3]), "a", 2)
      builder.output("y", linear(builder.apply(GELU.Gradient(), x, x), "b", 2))
    }
    #expect(removable(graph).isEmpty)
  }

  @Test("a training step's running statistics go with their channel") func updates() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [4, 2, 2, 2]).convolution(builder.parameter("c", [3, 2, 1, 1]))
      let normal = x.batchNormalized(
        gamma: builder.parameter("scale", [3]), beta: builder.parameter("shift", [3]))
      builder.updateRunningStatistics(
        mean: normal.mean, variance: normal.variance, runningMean: builder.state("mean", [3]),
        runningVariance: builder.state("variance", [3]), count: 16)
      builder.output("y", normal.y.convolution(builder.parameter("d", [1, 3, 1, 1])))
    }
    #expect(
      graph.axisGroups(withStates: true).filter { !$0.isFixed }.map(\.slices)
        == (0..<3).map { index in
          [("c", 0), ("scale", 0), ("shift", 0), ("d", 1), ("mean", 0), ("variance", 0)].map {
            AxisSlice($0.0, axis: $0.1, [index])
          }
        })
  }
}
