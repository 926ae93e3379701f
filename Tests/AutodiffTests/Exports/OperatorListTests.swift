import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Graphs in the operators of other programs.
struct OperatorListTests {
  private func list(_ body: (GraphBuilder) -> Value) throws -> OperatorList {
    try OperatorList(try Graph.trace { $0.output("y", body($0)) })
  }

  /// All that a network's evaluation is made of; gradients, updates, losses and noise are for training, and sparse forms are made of what
  /// is exported.
  @Test func whatEvaluationNeedsIsExported() {
    let others = Primitives.all.filter { !($0 is any ExportablePrimitive.Type) }.map { $0.name }
    let training: Set = [
      "dropout", "uniform-noise", "keep-largest", "label-count", "scatter-add-rows", "batch-normalization",
      "batch-normalization-running-statistics", "softmax-cross-entropy", "sgd-update", "adam-update",
      "max-pool-selection",
    ]
    let forms: Set = ["panels", "panel-rows", "micro-batches"]
    for name in others {
      #expect(
        name.contains("gradient") || name.hasPrefix("sparse-") || training.contains(name)
          || forms.contains(name), "\(name) is not exported")
    }
  }

  @Test func aLinearLayerIsOneProductOfAllRows() throws {
    let list = try list { builder in
      builder.within("fc") {
        builder.apply(
          Affine(hasBias: true, rectifies: true), builder.input("x", [2, 5, 7]),
          builder.parameter("w", [3, 7]), builder.parameter("b", [3]))
      }
    }
    #expect(
      list.operators == [
        Operator("Reshape", [.leaf("x"), .extents([Extent(10), Extent(7)])], scope: "fc"),
        Operator(
          "Gemm", [.result(0), .leaf("w"), .leaf("b")], [.init("transB", .integer(1))], scope: "fc"),
        Operator("Relu", [.result(1)], scope: "fc"),
        Operator("Reshape", [.result(2), .extents([Extent(2), Extent(5), Extent(3)])], scope: "fc"),
      ])
    #expect(list.results == [.result(3)])
    #expect(list.inputs.map(\.name) == ["x"] && list.constants.map(\.name) == ["w", "b"])
  }

  @Test func whatIsRepeatedForASumIsNotRepeated() throws {
    let list = try list { builder in
      let x = builder.input("x", [2, 5, 7])
      return x + builder.parameter("b", [7]) + builder.constant(2, [5, 7])
    }
    #expect(
      list.operators == [
        Operator("Add", [.leaf("x"), .leaf("b")]), Operator("Add", [.result(0), .number(2)]),
      ])
    // Two repetitions make no whole array: one of them is repeated.
    let both = try self.list { builder in
      builder.parameter("b", [7]).expanded(at: 0, count: 3) + builder.constant(1, [3, 7])
    }
    #expect(both.operators.map(\.name) == ["Unsqueeze", "Expand", "Add"])
    #expect(both.operators[2].inputs == [.result(1), .number(1)])
  }

  @Test func aFusedPrimitiveIsTakenApart() throws {
    let list = try list { $0.input("x", [2, 4, 18]).selfAttention(heads: 2, isCausal: true) }
    #expect(list.operators.map(\.name).filter { $0 == "Slice" }.count == 3)
    #expect(list.operators.map(\.name).contains("Softmax"))
    #expect(list.operators.last?.name == "Reshape")
    #expect(
      list.operators.contains { next in
        next.inputs.contains(
          .flags(
            [4, 4],
            [
              true, false, false, false, true, true, false, false, true, true, true, false, true, true, true,
              true,
            ]))
      })
  }

  @Test func equalOperatorsAreMadeOnceAndUnreadOnesNotAtAll() throws {
    let list = try list { builder in
      let x = builder.input("x", [3])
      _ = x.erf
      return builder.within("a") { x.squareRoot } + builder.within("b") { x.squareRoot }
    }
    #expect(
      list.operators == [
        Operator("Sqrt", [.leaf("x")], scope: "a"), Operator("Add", [.result(0), .result(0)]),
      ])
  }

  @Test func extentsThatGrowWithTheBatchAreFound() throws {
    func list(_ batch: Int, _ factor: Float = 2) throws -> OperatorList {
      try self.list { $0.input("x", [batch, 2, 3]).mergingAxes(0, count: 2).scaled(by: factor) }
    }
    let merged = try #require(OperatorList(try list(5), try list(7), batches: (5, 7)))
    #expect(merged.inputs[0].extents == [Extent(0, perExample: 1), Extent(2), Extent(3)])
    #expect(merged.outputs[0].extents == [Extent(0, perExample: 2), Extent(3)])
    #expect(merged.operators[0].inputs[1] == .extents([Extent(0, perExample: 2), Extent(3)]))
    // Something else than an extent differs.
    #expect(OperatorList(try list(5), try list(7, 3), batches: (5, 7)) == nil)
    #expect(OperatorList(try list(5), try list(6), batches: (5, 7)) == nil)
    #expect(OperatorList(try list(7), try list(5), batches: (5, 7)) == nil)
  }

  @Test func whatOtherProgramsHaveNotIsNamed() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [3])
      builder.output("y", builder.within("fc") { builder.apply(ReLU.Gradient(), x, x) })
    }
    #expect(
      throws: TraceError(
        scope: "fc", primitive: "relu-gradient", problem: "is no operation that other programs have")
    ) { try OperatorList(graph) }
  }

  @Test func statisticsOfRowsAreNotRead() throws {
    let graph = try Graph.trace { builder in
      let (x, n) = (builder.input("x", [2, 3]), builder.parameter("n", [3]))
      builder.output("mean", builder.applyAll(LayerNormalization(epsilon: 1e-5), [x, n, n])[1])
    }
    #expect(throws: TraceError.self) { try OperatorList(graph) }
  }
}
