import CoppiceAutodiff
import CoppiceTensors
import Testing

/// What the rewrite of a graph to sparse weights promises.
struct SparseTests {
  /// Two linear layers with a ReLU between them, and an embedding whose table is used twice.
  private func network() throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [5, 12])
      let hidden = builder.apply(
        Affine(hasBias: true, rectifies: true), x, builder.parameter("a", [8, 12]),
        builder.parameter("c", [8]))
      let y = builder.apply(Affine(hasBias: false), hidden, builder.parameter("b", [3, 8]))
      let tied = builder.parameter("tied", [3, 3])
      builder.output("y", builder.apply(Affine(hasBias: false), y, tied) + y.product(tied))
    }
  }

  private func pattern(_ shape: Shape, every: Int) -> SparsePattern {
    SparsePattern(Mask(shape, (0..<shape.count).map { $0 % every == 0 ? 1 : 0 }))
  }

  private func replayed(_ patterns: [String: SparsePattern]) throws -> Graph {
    let network = try network()
    return try Graph.trace { builder in
      let outputs = builder.replay(network, sparse: patterns)
      if let y = outputs["y"] { builder.output("y", y) }
    }.simplified
  }

  @Test func aParameterReadElsewhereHasNoSparseForm() throws {
    #expect(try network().sparsifiable == ["a", "b"])
  }

  @Test func aReplayWithoutPatternsIsTheSameGraph() throws {
    #expect("\(try replayed([:]))" == "\(try network().simplified)")
  }

  @Test func layersPassPanelsToEachOther() throws {
    let graph = try replayed(["a": pattern([8, 12], every: 4), "b": pattern([3, 8], every: 3)])
    let names = graph.nodes.compactMap { $0.primitive?.name }
    #expect(names.filter { $0 == "panels" }.count == 1 && names.filter { $0 == "panel-rows" }.count == 1)
    #expect(graph.parameters.first { $0.name == "a" }?.shape == [24])
    #expect(graph.parameters.first { $0.name == "b" }?.shape == [8])
  }

  @Test func survivorsGoOutAndBack() {
    let pattern = pattern([4, 5], every: 3)
    let weight = Tensor([4, 5], (0..<20).map(Float.init))
    #expect(pattern.gathered(weight) == [0, 3, 6, 9, 12, 15, 18])
    let back = pattern.scattered(pattern.gathered(weight))
    for (place, scalar) in back.scalars.enumerated() {
      #expect(scalar == (place % 3 == 0 ? Float(place) : 0))
    }
    #expect("\(pattern)" == "7 of [4, 5]")
  }

  /// Each survivor once, in each row by column: what interleaved rows promise, whatever their steps look like.
  @Test(arguments: [Shape([1, 1]), [16, 32], [37, 33], [50, 300], [20, 5], [3, 0]])
  func interleavedRowsHoldEverySurvivorOnce(_ shape: Shape) {
    for every in [1, 3, 40] {
      let rows = pattern(shape, every: every), interleaved = rows.interleaved
      #expect(interleaved.places.sorted() == rows.places)
      for row in 0..<shape[0] {
        let places = interleaved.places.filter { Int($0) / shape[1] == row }
        #expect(places == places.sorted())
      }
      let weight = Tensor(shape, (0..<shape.count).map { Float($0 + 1) })
      #expect(interleaved.scattered(interleaved.gathered(weight)) == rows.scattered(rows.gathered(weight)))
      #expect(interleaved.interleaved == interleaved && interleaved != rows)
    }
  }

  @Test func aWeightWithoutSurvivorsGivesItsBias() throws {
    let graph = try replayed(["a": SparsePattern(Mask([8, 12], [UInt8](repeating: 0, count: 96)))])
    let executor = Executor(Plan(graph))
    executor.write("x", [Float](repeating: 1, count: 60))
    executor.write("c", [Float](repeating: 0.5, count: 8))
    executor.write("b", [Float](repeating: 1, count: 24))
    executor.write("tied", [1, 0, 0, 0, 1, 0, 0, 0, 1])
    executor.run()
    #expect(executor.output("y").scalars == [Float](repeating: 8, count: 15))
  }
}
