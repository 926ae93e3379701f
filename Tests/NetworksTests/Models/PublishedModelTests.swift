import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct PublishedModelTests {
  /// Parameters as they are published, and multiply-adds in billions with what they are rounded to.
  ///
  /// ResNet-18, -50, MobileNetV2, EfficientNet-B0 and DenseNet-121: the tables of weights in torchvision's documentation. VGG-16 and
  /// VGG-19: the models of open_lth. ResNet-56 with projections: He et al. 2016 have 0.85 million without. DenseNet-BC: 0.8 million in
  /// Huang et al. 2017, table 2. ViT-S/16: Touvron et al. 2021, table 1 (22 million). BERT-base (110 million, Devlin et al. 2019) and
  /// DistilBERT (66 million, Sanh et al. 2019, table 3): the base models of the hub, without heads.
  static let published: [String: (parameters: Int, billions: Double?, digit: Double)] = [
    "resnet-56": (855_770, 0.13, 0.01), "resnet-18": (11_689_512, 1.81, 0.01),
    "resnet-50": (25_557_032, 4.09, 0.01),
    "vgg-16": (14_728_266, nil, 1), "vgg-19": (20_040_522, nil, 1), "mobilenet-v2": (3_504_872, 0.30, 0.01),
    "efficientnet-b0": (5_288_548, 0.39, 0.01), "densenet-121": (7_978_856, 2.83, 0.01),
    "densenet": (769_162, nil, 1), "vit": (22_050_664, 4.6, 0.1), "bert": (109_482_240, nil, 1),
    "distilbert": (66_362_880, nil, 1),
  ]

  /// What the hub's base models lack.
  private static let heads = ["bert": ["classifier"], "distilbert": ["classifier", "pre_classifier"]]

  private func products(_ graph: Graph) -> Int {
    graph.nodes.indices.reduce(0) { sum, index in
      guard let primitive = graph.nodes[index].primitive,
        ["affine", "convolution", "attention"].contains(primitive.name)
      else { return sum }
      return sum + primitive.flops(for: graph.signature(of: index))
    }
  }

  @Test("parameters and multiply-adds are the published ones", arguments: PublishedModel.all)
  func counts(_ published: PublishedModel) throws {
    let network = try Network(published.model, published.task)
    let expected = try #require(Self.published[published.name])
    let heads = Self.heads[published.name] ?? []
    let parameters = network.declarations.filter { declaration in
      !heads.contains { declaration.name.hasPrefix("\($0).") }
    }
    #expect(parameters.reduce(0) { $0 + $1.shape.count } == expected.parameters)
    let multiplyAdds = Double(products(try network.forward(batch: 1, isTraining: false))) / 2e9
    if let billions = expected.billions {
      #expect(abs(multiplyAdds - billions) <= expected.digit / 2, "\(multiplyAdds)")
    }
  }

  @Test("names, shapes and FLOPs are those of the originals", arguments: PublishedModel.all)
  func arrays(_ published: PublishedModel) throws {
    let network = try Network(published.model, published.task)
    let expected = try #require(try PublishedNumbers.shared.get().full[published.name])
    let lines = network.declarations.map { declaration in
      "\(declaration.name) [\(declaration.shape.axes.map(String.init).joined(separator: ", "))]\n"
    }
    let text = lines.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.joined()
    let digest = Digest { feed in Array(text.utf8).withUnsafeBytes { feed($0) } }
    #expect(digest.text == expected.arrays, "\(text)")
    #expect(network.declarations.reduce(0) { $0 + $1.shape.count } == expected.parameters)
    #expect(products(try network.forward(batch: 1, isTraining: false)) == expected.flops)
  }

  /// The weights of the script, and running statistics that are none of a beginning.
  private func state(_ network: Network, gain: Float) -> (parameters: ParameterSet, buffers: ParameterSet) {
    let parameters = ReferenceNumbers.parameters(network).map { name, tensor in
      (name, tensor.shape.rank == 4 ? Tensor(tensor.shape, tensor.scalars.map { $0 * gain }) : tensor)
    }
    let buffers = network.buffers.map { buffer in
      let isMean = buffer.name.hasSuffix("running_mean")
      let drawn = ReferenceNumbers.numbers(
        Digest.seed(buffer.name), buffer.shape.count, scale: isMean ? 0.25 : 0.5)
      return (buffer.name, Tensor(buffer.shape, drawn.map { $0 + (isMean ? 0 : 1) }))
    }
    return (ParameterSet(parameters), ParameterSet(buffers))
  }

  @Test("logits are those of the originals in a small form", arguments: PublishedModel.all)
  func logits(_ published: PublishedModel) throws {
    let expected = try #require(try PublishedNumbers.shared.get().small[published.name])
    let network = try Network(published.small, published.smallTask)
    let executor = Executor(Plan(try network.forward(batch: 2, isTraining: false)))
    let state = state(network, gain: expected.gain)
    for (name, tensor) in Array(state.parameters) + Array(state.buffers) {
      executor.write(name, tensor.scalars)
    }
    let count = 2 * published.smallTask.exampleShape.count
    switch published.smallTask {
    case .sequences(_, let vocabulary, _):
      executor.write("inputs", integers: ReferenceNumbers.integers(1, count, below: vocabulary))
    default: executor.write("inputs", ReferenceNumbers.numbers(1, count, scale: 4))
    }
    executor.run()
    let found = executor.output("logits").scalars
    let largest = expected.logits.map(abs).max() ?? 0
    #expect(found.count == expected.logits.count && largest > 0.1)
    for (found, expected) in zip(found, expected.logits) {
      #expect(abs(Double(found) - expected) <= 1e-4 * largest, "\(found), not \(expected)")
    }
  }

  @Test("the whole catalogue is here, or in the numbers of the families") func isComplete() throws {
    let families = Set(try ReferenceNetworks.shared.get().models.keys).union([
      "mlp", "lenet", "conv", "resnet",
    ])
    #expect(Set(Model.all.map(\.name)) == families.union(PublishedModel.all.map(\.name)))
    #expect(Set(Self.published.keys) == Set(PublishedModel.all.map(\.name)))
  }

  /// Sizes of the same families, by torchvision: mobilenet_v2(width_mult:), efficientnet_b1, resnet34 and resnet101.
  @Test(arguments: [
    (Model.mobileNetV2(width: 0.35), 1_677_128), (.mobileNetV2(width: 1.4), 6_108_776),
    (.efficientNetB0(depth: 1.1), 7_794_184), (.resnet18(blocks: [3, 4, 6, 3]), 21_797_672),
    (.resnet50(blocks: [3, 4, 23, 3]), 44_549_160),
  ])
  func otherSizes(_ model: Model, parameters: Int) throws {
    let network = try Network(model, .images([3, 224, 224], classes: 1_000))
    #expect(network.declarations.reduce(0) { $0 + $1.shape.count } == parameters)
  }

  @Test func whatIsNoNetworkIsRefused() {
    func failure(_ model: Model, _ task: Interface) -> String? {
      do {
        _ = try Network(model, task)
        return nil
      } catch { return "\(error)" }
    }
    let images = Interface.images([3, 30, 32], classes: 5)
    #expect(
      failure(.vit(patch: 4), images)
        == "vit: takes images whose sides are multiples of 4, not images [3, 30, 32] of 5 classes")
    for width in [0, -1, Double.nan, .infinity] {
      #expect(failure(.mobileNetV2(width: width), images)?.hasPrefix("mobilenet-v2: takes a width") == true)
      #expect(failure(.efficientNetB0(depth: width), images)?.contains("takes a width") == true)
    }
    #expect(
      failure(.bert(positions: 4), .sequences(length: 5, vocabulary: 9, classes: 2))
        == "position-embedding in bert.embeddings: has 4 positions, and the data are sequences of 5 tokens below 9, of 2 classes"
    )
    #expect(
      failure(.distilBERT(width: 10, heads: 3), .sequences(length: 5, vocabulary: 9, classes: 2))
        == "encoder-block in distilbert.transformer.layer.0: takes [batch, time, width] with a width of 3 equal heads, "
        + "not [1, 5, 10]")
  }
}
