import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// What goes together in the models of published shape, in their small forms.
@Suite struct PublishedGroupsTests {
  /// The groups of which something can be removed.
  ///
  /// ResNet: a stream for each stage, of as many channels as it has, and the inner channels of each block; 4 of the stem's own before
  /// bottlenecks. VGG: each filter. MobileNetV2 and EfficientNet: a stream of each stage (the first is the stem's too, since both have 8
  /// channels here), the inner channels of each block, the last convolution, and the inner channels of each gate. DenseNet: the stem's
  /// channels, the two convolutions of each dense layer, and transitions. Transformers: features of the stream, heads, hidden features,
  /// the units of a head of two layers, and rows of tables that no sequence reaches.
  static let counts: [String: Int] = [
    "resnet-56": (16 + 32 + 64) * (1 + 9),
    "resnet-18": 60 + (4 + 2 * 8 + 16 + 32),
    "resnet-50": 4 + 240 + 2 * (2 * 4 + 8 + 16 + 32),
    "vgg-16": 4 + 2 * 8 + 2 * 16 + 32 + 32,
    "vgg-19": 2 * 2 + 4 + 3 * 8 + 16 + 2 * 16,
    "mobilenet-v2": (8 + 8 + 8 + 16 + 24 + 40 + 80 + 1_280)
      + 6 * (2 * 8 + 3 * 8 + (8 + 3 * 16) + (16 + 2 * 24) + (24 + 2 * 40) + 40),
    "efficientnet-b0": (8 + 8 + 16 + 24 + 32 + 48 + 80 + 320)
      + 6 * (8 + 8 + 16 + 24 + 24 + 32 + 32 + 48 + 48) + (2 + 2 + 2 + 4 + 6 + 6 + 8 + 8 + 12 + 12),
    "densenet-121": 8 + 6 * (16 + 4) + (16 / 2 + 12 / 2 + 14 / 2),
    "densenet": 6 + 5 * (12 + 3) + 12 / 2,
    "vit": 12 + 2 * (3 + 48),
    "bert": 12 + 2 * (3 + 48) + 12 + 2 + 1,
    "distilbert": 12 + 2 * (2 + 48) + 12 + 2,
  ]

  private func groups(_ name: String) throws -> [AxisGroup] {
    let published = try #require(PublishedModel.named(name))
    return try Network(published.small, published.smallTask).forward(batch: 2, isTraining: false)
      .axisGroups()
  }

  /// The group that owns a place.
  private func group(_ groups: [AxisGroup], _ parameter: String, axis: Int, _ place: Int) throws -> AxisGroup
  {
    try #require(
      groups.first { group in
        group.slices.contains {
          $0.parameter == parameter && $0.axis == axis && $0.indices.contains(place)
        }
      })
  }

  /// The slices of a group as `parameter axis [places]`, in the order of names.
  private func listed(_ group: AxisGroup) -> [String] {
    group.slices.map { "\($0.parameter) \($0.axis) \($0.indices)" }.sorted()
  }

  @Test("so many groups can be removed", arguments: PublishedModel.all)
  func counts(_ published: PublishedModel) throws {
    #expect(try groups(published.name).count { !$0.isFixed } == Self.counts[published.name])
  }

  /// A weight has no place along its first two axes that is fixed without a reason: it reads the input, gives the logits, or counts
  /// tokens and places. A filter of one channel by itself has but one.
  @Test("what is fixed reaches an input or an output", arguments: PublishedModel.all)
  func fixed(_ published: PublishedModel) throws {
    let ends = [
      "conv": 1, "conv1": 1, "layers.0.conv": 1, "features.0.0": 1, "features.conv0": 1, "fc": 0,
      "classifier": 0, "classifier.1": 0, "vit.embeddings.patch_embeddings.projection": 1,
    ]
    let network = try Network(published.small, published.smallTask)
    let single = Set(network.declarations.filter { $0.shape.rank == 4 && $0.shape[1] == 1 }.map(\.name))
    for slice in try groups(published.name).filter(\.isFixed).flatMap(\.slices) {
      let name = slice.parameter
      let layer = name.split(separator: ".").dropLast().joined(separator: ".")
      // Rows of tables; the one class token, and its place before the others.
      let isTable = name.contains("embeddings") && !name.contains("projection")
      let counts = isTable && slice.axis < (name.hasSuffix("weight") ? 1 : 2)
      let isSide = !isTable && slice.axis > 1
      let isDepth = single.contains(name) && slice.axis == 1
      #expect(
        counts || isSide || isDepth || ends[layer] == slice.axis, "\(name) \(slice.axis) \(slice.indices)")
    }
  }

  @Test func residualStreamsOfBottlenecks() throws {
    let groups = try groups("resnet-50")
    #expect(
      listed(try group(groups, "layer1.0.conv3.weight", axis: 0, 5))
        == [
          "layer1.0.bn3.bias 0 [5]", "layer1.0.bn3.weight 0 [5]", "layer1.0.conv3.weight 0 [5]",
          "layer1.0.downsample.0.weight 0 [5]", "layer1.0.downsample.1.bias 0 [5]",
          "layer1.0.downsample.1.weight 0 [5]", "layer1.1.bn3.bias 0 [5]", "layer1.1.bn3.weight 0 [5]",
          "layer1.1.conv1.weight 1 [5]", "layer1.1.conv3.weight 0 [5]", "layer2.0.conv1.weight 1 [5]",
          "layer2.0.downsample.0.weight 1 [5]",
        ])
    #expect(
      listed(try group(groups, "layer2.0.conv2.weight", axis: 0, 7))
        == [
          "layer2.0.bn2.bias 0 [7]", "layer2.0.bn2.weight 0 [7]", "layer2.0.conv2.weight 0 [7]",
          "layer2.0.conv3.weight 1 [7]",
        ])
  }

  @Test func aDepthwiseChannelGoesWithItsExpansion() throws {
    let groups = try groups("mobilenet-v2")
    #expect(
      listed(try group(groups, "features.3.conv.1.0.weight", axis: 0, 40))
        == [
          "features.3.conv.0.0.weight 0 [40]", "features.3.conv.0.1.bias 0 [40]",
          "features.3.conv.0.1.weight 0 [40]", "features.3.conv.1.0.weight 0 [40]",
          "features.3.conv.1.1.bias 0 [40]", "features.3.conv.1.1.weight 0 [40]",
          "features.3.conv.2.weight 1 [40]",
        ])
  }

  @Test func aGatedChannelGoesWithItsGate() throws {
    let groups = try groups("efficientnet-b0")
    let channel = try group(groups, "features.4.1.block.1.0.weight", axis: 0, 100)
    #expect(
      listed(channel)
        == [
          "features.4.1.block.0.0.weight 0 [100]", "features.4.1.block.0.1.bias 0 [100]",
          "features.4.1.block.0.1.weight 0 [100]", "features.4.1.block.1.0.weight 0 [100]",
          "features.4.1.block.1.1.bias 0 [100]", "features.4.1.block.1.1.weight 0 [100]",
          "features.4.1.block.2.fc1.weight 1 [100]", "features.4.1.block.2.fc2.bias 0 [100]",
          "features.4.1.block.2.fc2.weight 0 [100]", "features.4.1.block.3.0.weight 1 [100]",
        ])
    #expect(
      listed(try group(groups, "features.4.1.block.2.fc1.weight", axis: 0, 5))
        == [
          "features.4.1.block.2.fc1.bias 0 [5]", "features.4.1.block.2.fc1.weight 0 [5]",
          "features.4.1.block.2.fc2.weight 1 [5]",
        ])
  }

  @Test func aConcatenatedChannelHasAPlaceInEveryLayerBehind() throws {
    let groups = try groups("densenet")
    // The second channel of the first layer of growth 3 stands behind the stem's six.
    let made = try group(groups, "features.denseblock1.denselayer1.conv2.weight", axis: 0, 1)
    let layer = "features.denseblock1.denselayer2"
    #expect(
      listed(made)
        == [
          "features.denseblock1.denselayer1.conv2.weight 0 [1]", "\(layer).conv1.weight 1 [7]",
          "\(layer).norm1.bias 0 [7]", "\(layer).norm1.weight 0 [7]",
          "features.transition1.conv.weight 1 [7]",
          "features.transition1.norm.bias 0 [7]", "features.transition1.norm.weight 0 [7]",
        ])
    let last = try group(groups, "features.denseblock2.denselayer3.conv2.weight", axis: 0, 2)
    #expect(
      listed(last)
        == [
          "classifier.weight 1 [14]", "features.denseblock2.denselayer3.conv2.weight 0 [2]",
          "features.norm5.bias 0 [14]", "features.norm5.weight 0 [14]",
        ])
  }

  @Test func headsFeaturesAndHiddenFeaturesOfAVisionTransformer() throws {
    let groups = try groups("vit")
    let block = "vit.encoder.layer.1"
    let head = try group(groups, "\(block).attention.attention.value.weight", axis: 0, 5)
    #expect(head.labels == ["head"])
    let rows = ["key", "query", "value"].flatMap { part in
      ["bias", "weight"].map { "\(block).attention.attention.\(part).\($0) 0 [4, 5, 6, 7]" }
    }
    #expect(listed(head) == rows + ["\(block).attention.output.dense.weight 1 [4, 5, 6, 7]"])
    let hidden = try group(groups, "\(block).intermediate.dense.weight", axis: 0, 40)
    #expect(
      listed(hidden)
        == [
          "\(block).intermediate.dense.bias 0 [40]", "\(block).intermediate.dense.weight 0 [40]",
          "\(block).output.dense.weight 1 [40]",
        ])
    let stream = try group(groups, "vit.embeddings.cls_token", axis: 2, 3)
    for slice in [
      ("vit.embeddings.patch_embeddings.projection.weight", 0), ("vit.embeddings.position_embeddings", 2),
      ("classifier.weight", 1), ("vit.layernorm.weight", 0), ("\(block).layernorm_before.bias", 0),
      ("\(block).output.dense.weight", 0), ("\(block).intermediate.dense.weight", 1),
    ] {
      #expect(stream.slices.contains(.init(slice.0, axis: slice.1, [3])), "\(slice)")
    }
  }

  @Test func tablesHeadsAndPoolerOfBERT() throws {
    let groups = try groups("bert")
    let stream = try group(groups, "bert.embeddings.word_embeddings.weight", axis: 1, 3)
    #expect(!stream.isFixed)
    for slice in [
      ("bert.embeddings.position_embeddings.weight", 1), ("bert.embeddings.token_type_embeddings.weight", 1),
      ("bert.embeddings.LayerNorm.weight", 0), ("bert.encoder.layer.1.output.LayerNorm.bias", 0),
      ("bert.pooler.dense.weight", 1),
    ] {
      #expect(stream.slices.contains(.init(slice.0, axis: slice.1, [3])), "\(slice)")
    }
    let head = try group(groups, "bert.encoder.layer.0.attention.self.query.weight", axis: 0, 8)
    #expect(head.labels == ["head"] && head.slices.count == 7)
    #expect(
      listed(try group(groups, "bert.pooler.dense.weight", axis: 0, 2))
        == ["bert.pooler.dense.bias 0 [2]", "bert.pooler.dense.weight 0 [2]", "classifier.weight 1 [2]"])
    // Sequences of 7 tokens never reach the last two of 9 places, nor the second segment.
    let unreached = groups.filter { !$0.isFixed && $0.slices.count == 1 }.map { listed($0)[0] }
    #expect(
      unreached == [
        "bert.embeddings.position_embeddings.weight 0 [7]",
        "bert.embeddings.position_embeddings.weight 0 [8]",
        "bert.embeddings.token_type_embeddings.weight 0 [1]",
      ])
  }

  @Test func headsAndHeadOfDistilBERT() throws {
    let groups = try groups("distilbert")
    let heads = groups.filter { $0.labels == ["head"] }
    #expect(heads.count == 4)
    let (part, features) = ("distilbert.transformer.layer.1.attention", Array(6..<12))
    let rows = ["k_lin", "q_lin", "v_lin"].flatMap { name in
      ["bias", "weight"].map { "\(part).\(name).\($0) 0 \(features)" }
    }
    #expect(listed(heads[3]) == (rows + ["\(part).out_lin.weight 1 \(features)"]).sorted())
    #expect(
      listed(try group(groups, "pre_classifier.weight", axis: 0, 2))
        == ["classifier.weight 1 [2]", "pre_classifier.bias 0 [2]", "pre_classifier.weight 0 [2]"])
  }
}
