import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct ModelTests {
  /// The models with a name of their own in papers, of which PyTorch's numbers are known; those of `PublishedModel` apart.
  static let known = Model.all.filter {
    !["mlp", "lenet", "conv", "resnet"].contains($0.name) && PublishedModel.named($0.name) == nil
  }

  /// The task each model is known for; that of the small form where there is one.
  static func interface(_ model: Model) -> Interface {
    if let published = PublishedModel.named(model.name) { return published.smallTask }
    return switch model.name {
    case "lenet-300-100", "lenet-5", "mlp", "lenet": .images([1, 28, 28], classes: 10)
    case "encoder": .sequences(length: 48, vocabulary: 4096, classes: 2)
    case "causal-transformer": .language(length: 128, vocabulary: 65)
    default: .images([3, 32, 32], classes: 10)
    }
  }

  @Test("names, shapes and order are PyTorch's", arguments: known)
  func parameters(_ model: Model) throws {
    let traced = try Network(model, Self.interface(model))
    let expected = try #require(try ReferenceNetworks.shared.get().models[model.name])
    #expect(traced.declarations.map(\.name) == expected.parameters.map(\.name))
    #expect(traced.declarations.map(\.shape.axes) == expected.parameters.map(\.shape))
    #expect(Set(traced.buffers.map(\.name)) == Set(expected.buffers.map(\.name)))
  }

  @Test("parameter counts are those of the papers")
  func counts() throws {
    let counts = [
      "lenet-300-100": 266_610, "lenet-5": 431_080, "conv-2": 4_301_642, "conv-4": 2_425_930,
      "conv-6": 2_262_602, "resnet-20": 272_474, "encoder": 1_324_034, "causal-transformer": 826_368,
    ]
    #expect(Self.known.map(\.name).sorted() == counts.keys.sorted())
    for model in Self.known {
      let traced = try Network(model, Self.interface(model))
      let count = traced.initialParameters(seed: 1).reduce(0) { $0 + $1.tensor.shape.count }
      #expect(count == counts[model.name], "\(model.name)")
    }
  }

  @Test("FLOPs of products agree with PyTorch's counter", arguments: known)
  func flops(_ model: Model) throws {
    let graph = try Network(model, Self.interface(model)).evaluationGraph(batch: 1)
    let counted = graph.nodes.indices.reduce(0) { sum, index in
      guard let primitive = graph.nodes[index].primitive,
        ["affine", "convolution", "attention"].contains(primitive.name)
      else { return sum }
      return sum + primitive.flops(for: graph.signature(of: index))
    }
    #expect(counted == (try ReferenceNetworks.shared.get().models[model.name]?.flops))
  }

  @Test(
    "weights of linear, convolution and attention layers are prunable, nothing else",
    arguments: Model.runnable)
  func prunable(_ model: Model) throws {
    let traced = try Network(model, Self.interface(model))
    let tables = [
      "wte", "wpe", "word_embeddings", "position_embeddings", "token_type_embeddings", "cls_token",
    ]
    let expected = traced.declarations.filter { declaration in
      declaration.shape.rank > 1 && !tables.contains { declaration.name.contains($0) }
    }.map(\.name)
    #expect(expected.allSatisfy { $0.hasSuffix("weight") })
    #expect(traced.prunable == expected)
    #expect(traced.fullMasks.names == expected && traced.fullMasks.density == 1)
  }

  @Test("what is drawn follows from the seed alone", arguments: Model.runnable)
  func initialisation(_ model: Model) throws {
    let traced = try Network(model, Self.interface(model))
    let parameters = traced.initialParameters(seed: 5)
    #expect(
      parameters.hasSameBits(as: try Network(model, Self.interface(model)).initialParameters(seed: 5)))
    #expect(parameters != traced.initialParameters(seed: 6))
    for (name, tensor) in parameters {
      if name.hasSuffix("bias") {
        #expect(tensor.nonzeroCount == 0)
      } else if tensor.shape.rank == 1 {
        #expect(tensor.scalars.allSatisfy { $0 == 1 })
      } else {
        #expect(tensor.nonzeroCount > tensor.shape.count / 2)
      }
    }
  }

  @Test("training, evaluation and gradient graphs hold together", arguments: Model.runnable)
  func graphs(_ model: Model) throws {
    let traced = try Network(model, Self.interface(model))
    for graph in [
      try traced.trainingGraph(batch: 2, optimizer: .adam(), masked: traced.prunable, clipping: 1),
      try traced.evaluationGraph(batch: 2), try traced.probeGraph(batch: 2) { $0.weightGradients },
    ] {
      try graph.verify()
    }
  }

  @Test func isFoundByName() throws {
    #expect(try Model.named("conv-4") == .conv4)
    let known = Model.all.map(\.name)
    let error = ComponentError.unknown("model", "lenet5", known: known)
    #expect(throws: error) { try Model.named("lenet5") }
    #expect(
      error.description
        == "there is no model named \"lenet5\"; did you mean \"lenet-5\"? There are: lenet-300-100, lenet-5, conv-2, conv-4, "
        + "conv-6, resnet-20, resnet-56, resnet-18, resnet-50, vgg-16, vgg-19, mobilenet-v2, efficientnet-b0, densenet-121, "
        + "mlp, lenet, conv, resnet, densenet, vit, encoder, causal-transformer, bert, distilbert")
  }

  @Test func initializedInAnotherWay() throws {
    let model = Model.lenet300100.initialized(by: .kaimingUniform)
    #expect(model != .lenet300100 && model == Model.lenet300100.initialized(by: .kaimingUniform))
    #expect(model.description == "lenet-300-100(initializer: kaiming-uniform)")
    #expect(model.initialized(by: .glorotNormal) == .lenet300100)
    let interface = Interface.images([1, 4, 4], classes: 2)
    #expect(
      try Network(model, interface).initialParameters(seed: 1)
        == Network(.lenet300100, interface, initializer: .kaimingUniform).initialParameters(seed: 1))
  }

  @Test func everyModelHasAVersion() {
    for model in Model.all { #expect(model.specification.isVersioned) }
  }
}
