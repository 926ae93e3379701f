import CoppiceNetworks
import Foundation
import Testing

/// A model whose shape and numbers are published: at full size, which tests trace and never draw, and in a small form, which they run.
struct PublishedModel: Sendable, CustomTestStringConvertible {
  let model: Model
  let task: Interface
  /// The small form of Tests/Reference/published_models.py.
  let small: Model
  let smallTask: Interface

  var name: String { model.name }
  var testDescription: String { name }

  private static func large(_ model: Model, small: Model, side: Int = 32) -> PublishedModel {
    PublishedModel(
      model: model, task: .images([3, 224, 224], classes: 1_000), small: small,
      smallTask: .images([3, side, side], classes: 5))
  }

  private static func cifar(_ model: Model, small: Model, side: Int = 32, classes: Int = 5) -> PublishedModel
  {
    PublishedModel(
      model: model, task: .images([3, 32, 32], classes: 10), small: small,
      smallTask: .images([3, side, side], classes: classes))
  }

  private static func tokens(_ model: Model, small: Model) -> PublishedModel {
    PublishedModel(
      model: model, task: .sequences(length: 128, vocabulary: 30_522, classes: 2), small: small,
      smallTask: .sequences(length: 7, vocabulary: 17, classes: 3))
  }

  static let all: [PublishedModel] = [
    cifar(.resnet56, small: .resnet56, side: 8, classes: 10),
    large(.resnet18(), small: .resnet18(width: 4, blocks: [1, 2, 1, 1])),
    large(.resnet50(), small: .resnet50(width: 4, blocks: [2, 1, 1, 1])),
    cifar(.vgg16(), small: .vgg16(width: 4, blocks: [1, 2, 2, 1, 1])),
    cifar(.vgg19(), small: .vgg19(width: 2, blocks: [2, 1, 3, 1, 2])),
    large(.mobileNetV2(), small: .mobileNetV2(width: 0.25)),
    large(.efficientNetB0(), small: .efficientNetB0(width: 0.25, depth: 0.5)),
    large(.denseNet121(), small: .denseNet121(growth: 4, blocks: [2, 1, 2, 1])),
    cifar(.denseNet(), small: .denseNet(growth: 3, blocks: [2, 3]), side: 8),
    large(.vit(), small: .vit(width: 12, heads: 3, layers: 2, patch: 4), side: 16),
    tokens(.bert(), small: .bert(width: 12, heads: 3, layers: 2, positions: 9)),
    tokens(.distilBERT(), small: .distilBERT(width: 12, heads: 2, layers: 2, positions: 9)),
  ]

  static func named(_ name: String) -> PublishedModel? { all.first { $0.name == name } }
}

extension Model {
  /// Every shipped model in a size that tests draw and run.
  static let runnable = all.map { PublishedModel.named($0.name)?.small ?? $0 }
}

/// What Tests/Reference/published_models.py wrote: numbers of torchvision and transformers.
struct PublishedNumbers: Decodable, Sendable {
  struct Full: Decodable, Sendable {
    let parameters: Int
    /// The digest of all names and shapes.
    let arrays: String
    let flops: Int
  }
  struct Small: Decodable, Sendable {
    /// What the weights of convolutions are multiplied by.
    let gain: Float
    /// Of two examples.
    let logits: [Double]
  }

  let full: [String: Full]
  let small: [String: Small]

  static let shared: Result<PublishedNumbers, any Error> = Result {
    guard
      let url = Bundle.module.url(
        forResource: "published_models", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(PublishedNumbers.self, from: Data(contentsOf: url))
  }
}
