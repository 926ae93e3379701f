import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// What goes together in the shipped models.
struct AxisGroupTests {
  private func graph(_ model: Model, _ interface: Interface, batch: Int = 2) throws -> Graph {
    try Network(model, interface).evaluationGraph(batch: batch)
  }

  private static let images = Interface.images([3, 32, 32], classes: 10)

  /// Every shipped model with a task it takes.
  static let tasks: [(model: Model, interface: Interface)] = Model.runnable.map { model in
    switch model.name {
    case "encoder": (model, .sequences(length: 6, vocabulary: 11, classes: 3))
    case "causal-transformer": (model, .language(length: 6, vocabulary: 11))
    default: (model, PublishedModel.named(model.name)?.smallTask ?? images)
    }
  }

  @Test func everyPrimitiveOfAForwardGraphIsTied() throws {
    var untied: Set<String> = []
    for task in Self.tasks {
      for node in try graph(task.model, task.interface).nodes {
        if let primitive = node.primitive, !(primitive is any AxisTied) { untied.insert(primitive.name) }
      }
    }
    #expect(untied == [])
    // What forward graphs have while training.
    let training: [any Primitive.Type] = [
      BatchNormalization.self, BatchNormalization.RunningStatistics.self, Dropout.self, LabelCount.self,
      Sum.self,
      Divide.self,
    ]
    for type in training { #expect(type is any AxisTied.Type, "\(type)") }
  }

  @Test("every place of every weight is in one group", arguments: tasks.indices)
  func groupsAreAPartition(index: Int) throws {
    let network = try Network(Self.tasks[index].model, Self.tasks[index].interface)
    let groups = try network.evaluationGraph(batch: 2).axisGroups()
    var found: [String: [Int]] = [:]
    for slice in groups.flatMap(\.slices) {
      found["\(slice.parameter) \(slice.axis)", default: []] += slice.indices
    }
    for declaration in network.declarations {
      for (axis, extent) in declaration.shape.axes.enumerated() {
        #expect(found["\(declaration.name) \(axis)"]?.sorted() == Array(0..<extent), "\(declaration.name)")
      }
    }
    #expect(groups == (try network.evaluationGraph(batch: 3).axisGroups()))
    #expect(groups.contains { !$0.isFixed })
  }

  @Test func perceptron() throws {
    let groups = try graph(.mlp([4, 3]), .images([1, 2, 2], classes: 2)).axisGroups()
    func hidden(_ layer: Int, _ count: Int) -> [AxisGroup] {
      (0..<count).map {
        AxisGroup([
          .init("fc\(layer).weight", axis: 0, [$0]), .init("fc\(layer).bias", axis: 0, [$0]),
          .init("fc\(layer + 1).weight", axis: 1, [$0]),
        ])
      }
    }
    #expect(groups.filter { !$0.isFixed } == hidden(1, 4) + hidden(2, 3))
    // Rows of pixels, and logits.
    #expect(
      groups.filter(\.isFixed)
        == (0..<2).map { AxisGroup([.init("fc1.weight", axis: 1, [2 * $0, 2 * $0 + 1])], isFixed: true) }
        + (0..<2).map {
          AxisGroup([.init("fc3.weight", axis: 0, [$0]), .init("fc3.bias", axis: 0, [$0])], isFixed: true)
        })
  }

  @Test func aChannelBeforeTheLinearLayersIsABlockOfTheirColumns() throws {
    let groups = try graph(.conv2, Self.images).axisGroups()
    let last = groups.filter { !$0.isFixed && $0.slices[0].parameter == "conv2.weight" }
    #expect(last.count == 64)
    #expect(
      last[5].slices == [
        .init("conv2.weight", axis: 0, [5]), .init("conv2.bias", axis: 0, [5]),
        .init("fc1.weight", axis: 1, Array(5 * 256..<6 * 256)),
      ])
  }

  @Test func aResidualStreamIsOneGroupAChannel() throws {
    let groups = try graph(.resnet20, Self.images).axisGroups(withStates: true).filter { !$0.isFixed }
    // Three streams, and the inner channels of nine blocks.
    #expect(groups.count == (16 + 32 + 64) * 4)
    let stream = try #require(
      groups.first { $0.slices.contains(.init("blocks.3.conv2.weight", axis: 0, [7])) })
    let blocks = (3..<6).map { "blocks.\($0)" }
    let makers = blocks.map { "\($0).conv2.weight" } + ["blocks.3.shortcut.0.weight"]
    let readers =
      blocks.dropFirst().map { "\($0).conv1.weight" } + [
        "blocks.6.conv1.weight", "blocks.6.shortcut.0.weight",
      ]
    let vectors = (blocks.map { "\($0).bn2" } + ["blocks.3.shortcut.1"]).flatMap { name in
      ["weight", "bias", "running_mean", "running_var"].map { "\(name).\($0)" }
    }
    #expect(
      Set(stream.slices)
        == Set(
          (makers + vectors).map { AxisSlice($0, axis: 0, [7]) } + readers.map { AxisSlice($0, axis: 1, [7]) }
        ))
    #expect(
      groups.first { $0.slices[0] == .init("blocks.4.conv1.weight", axis: 0, [7]) }?.slices.map(\.parameter)
        == [
          "blocks.4.conv1.weight", "blocks.4.bn1.weight", "blocks.4.bn1.bias", "blocks.4.conv2.weight",
          "blocks.4.bn1.running_mean", "blocks.4.bn1.running_var",
        ])
  }

  @Test func aHeadOwnsItsRowsOfEachThirdAndItsColumns() throws {
    let interface = Interface.language(length: 6, vocabulary: 9)
    let groups = try graph(.causalTransformer(width: 12, heads: 3, layers: 2), interface).axisGroups()
    let heads = groups.filter { $0.labels == ["head"] }
    #expect(heads.count == 6)
    for (index, head) in heads.enumerated() {
      let (layer, features) = (index / 3, (0..<4).map { index % 3 * 4 + $0 })
      let rows = (0..<3).flatMap { third in features.map { third * 12 + $0 } }
      #expect(
        head
          == AxisGroup(
            [
              .init("h.\(layer).attn.c_attn.weight", axis: 0, rows),
              .init("h.\(layer).attn.c_attn.bias", axis: 0, rows),
              .init("h.\(layer).attn.c_proj.weight", axis: 1, features),
            ], labels: ["head"]))
    }
    // The stream of the whole model, one group a feature; the vocabulary cannot shrink.
    let stream = try #require(groups.first { $0.slices.contains(.init("wte.weight", axis: 1, [5])) })
    #expect(!stream.isFixed && stream.slices.contains(.init("lm_head.weight", axis: 1, [5])))
    #expect(stream.slices.count == 2 + 2 * (2 * 2 + 2 * 3) + 2 + 1)
    for (name, axis) in [("lm_head.weight", 0), ("wte.weight", 0), ("wpe.weight", 0)] {
      let owners = groups.filter { $0.slices[0].parameter == name && $0.slices[0].axis == axis }
      #expect(!owners.isEmpty && owners.allSatisfy { $0.isFixed })
    }
    let hidden = groups.filter { $0.slices[0].parameter == "h.1.mlp.c_fc.weight" && !$0.isFixed }
    #expect(hidden.count == 48)
    #expect(hidden.allSatisfy { $0.slices.map(\.parameter).last == "h.1.mlp.c_proj.weight" })
  }

  @Test("the encoder's stream reaches its classifier over the mean of the tokens") func encoder() throws {
    let graph = try graph(
      .encoder(width: 8, heads: 2, layers: 1), .sequences(length: 6, vocabulary: 9, classes: 3))
    let stream = try #require(
      graph.axisGroups().first { $0.slices.contains(.init("wte.weight", axis: 1, [3])) })
    #expect(!stream.isFixed && stream.slices.contains(.init("fc.weight", axis: 1, [3])))
  }

  @Test func companions() throws {
    let residual = try graph(.resnet20, Self.images)
    #expect(residual.companions(of: "conv.weight") == ["bn.weight", "bn.bias"])
    #expect(
      residual.companions(of: "blocks.3.conv1.weight") == ["blocks.3.bn1.weight", "blocks.3.bn1.bias"])
    #expect(
      residual.companions(of: "blocks.3.conv2.weight") == ["blocks.3.bn2.weight", "blocks.3.bn2.bias"])
    #expect(
      residual.companions(of: "blocks.3.shortcut.0.weight") == [
        "blocks.3.shortcut.1.weight", "blocks.3.shortcut.1.bias",
      ])
    #expect(residual.companions(of: "fc.weight") == ["fc.bias"])
    let transformer = try graph(
      .causalTransformer(width: 12, heads: 3, layers: 2), .language(length: 6, vocabulary: 9))
    for part in ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"] {
      #expect(transformer.companions(of: "h.1.\(part).weight") == ["h.1.\(part).bias"])
    }
    for name in ["wte.weight", "wpe.weight", "lm_head.weight"] {
      #expect(transformer.companions(of: name) == [])
    }
    let small = try graph(.lenet([3, 4], hidden: 5), .images([1, 16, 16], classes: 2))
    for name in ["conv1", "conv2", "fc1", "fc2"] {
      #expect(small.companions(of: "\(name).weight") == ["\(name).bias"])
    }
  }
}
