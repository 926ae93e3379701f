import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks

extension ExtremeNumbersTests {
  /// The numbers of the shipped models.
  static let models: [(name: String, spelling: Spelling)] = [
    ("model mlp.widths", .whole { $0.model = .mlp([$1]) }),
    ("model mlp.widths twice", .whole { $0.model = .mlp([$1, $1]) }),
    ("model lenet.filters", .whole { $0.model = .lenet([$1], hidden: 5) }),
    ("model lenet.hidden", .whole { $0.model = .lenet([2], hidden: $1) }),
    ("model conv.stages", .whole { $0.model = .conv([[$1]], hidden: [4]) }),
    ("model conv.hidden", .whole { $0.model = .conv([[2]], hidden: [$1]) }),
    ("model conv both", .whole { $0.model = .conv([[$1]], hidden: [$1]) }),
    ("model resnet.widths", .whole { $0.model = .resnet([$1], blocks: 1) }),
    ("model resnet.blocks", .whole { $0.model = .resnet([2], blocks: $1) }),
    ("model resnet-18.width", .whole { $0.toImages(.resnet18(width: $1, blocks: [1])) }),
    ("model resnet-18.blocks", .whole { $0.toImages(.resnet18(width: 2, blocks: [$1])) }),
    ("model resnet-50.width", .whole { $0.toImages(.resnet50(width: $1, blocks: [1])) }),
    ("model resnet-50.blocks", .whole { $0.toImages(.resnet50(width: 2, blocks: [$1])) }),
    ("model vgg-16.width", .whole { $0.toImages(.vgg16(width: $1, blocks: [1])) }),
    ("model vgg-16.blocks", .whole { $0.toImages(.vgg16(width: 2, blocks: [$1])) }),
    ("model vgg-19.width", .whole { $0.toImages(.vgg19(width: $1, blocks: [1])) }),
    ("model vgg-19.blocks", .whole { $0.toImages(.vgg19(width: 2, blocks: [$1])) }),
    ("model mobilenet-v2.width", .number { $0.toImages(.mobileNetV2(width: $1, depth: 0.1)) }),
    ("model mobilenet-v2.depth", .number { $0.toImages(.mobileNetV2(width: 0.1, depth: $1)) }),
    (
      "model mobilenet-v2.dropout", .number { $0.toImages(.mobileNetV2(width: 0.1, depth: 0.1, dropout: $1)) }
    ),
    ("model efficientnet-b0.width", .number { $0.toImages(.efficientNetB0(width: $1, depth: 0.1)) }),
    ("model efficientnet-b0.depth", .number { $0.toImages(.efficientNetB0(width: 0.1, depth: $1)) }),
    (
      "model efficientnet-b0.dropout",
      .number { $0.toImages(.efficientNetB0(width: 0.1, depth: 0.1, dropout: $1)) }
    ),
    ("model densenet-121.growth", .whole { $0.toImages(.denseNet121(growth: $1, blocks: [1])) }),
    ("model densenet-121.blocks", .whole { $0.toImages(.denseNet121(growth: 2, blocks: [$1])) }),
    ("model densenet.growth", .whole { $0.toImages(.denseNet(growth: $1, blocks: [1])) }),
    ("model densenet.blocks", .whole { $0.toImages(.denseNet(growth: 2, blocks: [$1])) }),
    (
      "model vit.width",
      .whole { $0.toImages(.vit(width: $1, heads: 2, layers: 1, feedForward: 1, patch: 4)) }
    ),
    (
      "model vit.heads",
      .whole { $0.toImages(.vit(width: 8, heads: $1, layers: 1, feedForward: 1, patch: 4)) }
    ),
    (
      "model vit.layers",
      .whole { $0.toImages(.vit(width: 8, heads: 2, layers: $1, feedForward: 1, patch: 4)) }
    ),
    (
      "model vit.feed-forward",
      .whole { $0.toImages(.vit(width: 8, heads: 2, layers: 1, feedForward: $1, patch: 4)) }
    ),
    (
      "model vit.patch",
      .whole { $0.toImages(.vit(width: 8, heads: 2, layers: 1, feedForward: 1, patch: $1)) }
    ),
    (
      "model vit.dropout",
      .number { $0.toImages(.vit(width: 8, heads: 2, layers: 1, feedForward: 1, patch: 4, dropout: $1)) }
    ),
    (
      "model bert.width",
      .whole { $0.model = .bert(width: $1, heads: 2, layers: 1, feedForward: 1, positions: 64) }
    ),
    (
      "model bert.heads",
      .whole { $0.model = .bert(width: 8, heads: $1, layers: 1, feedForward: 1, positions: 64) }
    ),
    (
      "model bert.layers",
      .whole { $0.model = .bert(width: 8, heads: 2, layers: $1, feedForward: 1, positions: 64) }
    ),
    (
      "model bert.feed-forward",
      .whole { $0.model = .bert(width: 8, heads: 2, layers: 1, feedForward: $1, positions: 64) }
    ),
    (
      "model bert.positions",
      .whole { $0.model = .bert(width: 8, heads: 2, layers: 1, feedForward: 1, positions: $1) }
    ),
    (
      "model bert.dropout",
      .number { $0.model = .bert(width: 8, heads: 2, layers: 1, feedForward: 1, positions: 64, dropout: $1) }
    ),
    (
      "model distilbert.width",
      .whole { $0.model = .distilBERT(width: $1, heads: 2, layers: 1, feedForward: 1, positions: 64) }
    ),
    (
      "model distilbert.heads",
      .whole { $0.model = .distilBERT(width: 8, heads: $1, layers: 1, feedForward: 1, positions: 64) }
    ),
    (
      "model distilbert.layers",
      .whole { $0.model = .distilBERT(width: 8, heads: 2, layers: $1, feedForward: 1, positions: 64) }
    ),
    (
      "model distilbert.feed-forward",
      .whole { $0.model = .distilBERT(width: 8, heads: 2, layers: 1, feedForward: $1, positions: 64) }
    ),
    (
      "model distilbert.positions",
      .whole { $0.model = .distilBERT(width: 8, heads: 2, layers: 1, feedForward: 1, positions: $1) }
    ),
    (
      "model distilbert.dropout",
      .number {
        $0.model = .distilBERT(width: 8, heads: 2, layers: 1, feedForward: 1, positions: 64, dropout: $1)
      }
    ),
    (
      "dataset gratings.side",
      .amount {
        $0.dataset = .gratings(side: $1, channels: 1, classes: 4, training: 40, validation: 5, test: 5)
      }
    ),
    (
      "dataset gratings.channels",
      .amount {
        $0.dataset = .gratings(side: 8, channels: $1, classes: 4, training: 40, validation: 5, test: 5)
      }
    ),
    (
      "dataset gratings.classes",
      .amount {
        $0.dataset = .gratings(side: 8, channels: 1, classes: $1, training: 40, validation: 5, test: 5)
      }
    ),
    (
      "dataset gratings.training",
      .amount {
        $0.dataset = .gratings(side: 8, channels: 1, classes: 4, training: $1, validation: 5, test: 5)
      }
    ),
    (
      "dataset gratings.validation",
      .amount {
        $0.dataset = .gratings(side: 8, channels: 1, classes: 4, training: 40, validation: $1, test: 5)
      }
    ),
    (
      "dataset gratings.test",
      .amount {
        $0.dataset = .gratings(side: 8, channels: 1, classes: 4, training: 40, validation: 5, test: $1)
      }
    ),
    (
      "dataset gratings.generator-seed",
      .amount {
        $0.dataset = .gratings(
          side: 8, channels: 1, classes: 4, training: 40, validation: 5, test: 5,
          generatorSeed: UInt64(bitPattern: Int64($1)))
      }
    ),
    (
      "dataset topics.length",
      .amount { $0.dataset = .topics(length: $1, vocabulary: 9, training: 40, validation: 5, test: 5) }
    ),
    (
      "dataset topics.vocabulary",
      .amount { $0.dataset = .topics(length: 4, vocabulary: $1, training: 40, validation: 5, test: 5) }
    ),
    (
      "dataset topics.classes",
      .amount {
        $0.dataset = .topics(length: 4, vocabulary: 9, classes: $1, training: 40, validation: 5, test: 5)
      }
    ),
    (
      "dataset topics.training",
      .amount { $0.dataset = .topics(length: 4, vocabulary: 9, training: $1, validation: 5, test: 5) }
    ),
    (
      "dataset topics.validation",
      .amount { $0.dataset = .topics(length: 4, vocabulary: 9, training: 40, validation: $1, test: 5) }
    ),
    (
      "dataset topics.test",
      .amount { $0.dataset = .topics(length: 4, vocabulary: 9, training: 40, validation: 5, test: $1) }
    ),
    (
      "dataset topics.generator-seed",
      .amount {
        $0.dataset = .topics(
          length: 4, vocabulary: 9, training: 40, validation: 5, test: 5,
          generatorSeed: UInt64(bitPattern: Int64($1)))
      }
    ),
    ("model encoder.width", .whole { $0.model = .encoder(width: $1) }),
    ("model encoder.heads", .whole { $0.model = .encoder(heads: $1) }),
    ("model encoder.layers", .whole { $0.model = .encoder(layers: $1) }),
    ("model encoder.feed-forward", .whole { $0.model = .encoder(feedForward: $1) }),
    ("model encoder.dropout", .number { $0.model = .encoder(dropout: $1) }),
    (
      "model causal-transformer.width",
      .whole { $0.toText(.causalTransformer(width: $1, heads: 1, layers: 1)) }
    ),
    (
      "model causal-transformer.heads",
      .whole { $0.toText(.causalTransformer(width: 8, heads: $1, layers: 1)) }
    ),
    ("model causal-transformer.layers", .whole { $0.toText(.causalTransformer(width: 8, layers: $1)) }),
    (
      "model causal-transformer.feed-forward",
      .whole { $0.toText(.causalTransformer(width: 8, layers: 1, feedForward: $1)) }
    ),
    (
      "model causal-transformer.dropout",
      .number { $0.toText(.causalTransformer(width: 8, layers: 1, dropout: $1)) }
    ),
  ]
}

extension Trial {
  /// Trained on images with this model.
  fileprivate mutating func toImages(_ model: Model) {
    self.model = model
    dataset = .glyphs(training: 40, validation: 5, test: 5)
  }

  /// Trained on text with this model.
  fileprivate mutating func toText(_ model: Model) {
    self.model = model
    dataset = .induction(vocabulary: 8, length: 8, training: 40, validation: 5, test: 5)
  }
}
