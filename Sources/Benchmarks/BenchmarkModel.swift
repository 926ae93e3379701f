import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTensors

/// A model that is measured, and how it is trained: one of each family, with the batch and the optimizer that
/// Tests/Reference/speed.py gives PyTorch.
package struct BenchmarkModel: Sendable {
  package let model: Model
  package let interface: Interface
  /// Examples of a training step.
  package let batch: Int
  package let optimizer: Optimizer

  /// The name by which `coppice list models` has it.
  package var name: String { model.name }

  package init(model: Model, interface: Interface, batch: Int, optimizer: Optimizer) {
    (self.model, self.interface, self.batch, self.optimizer) = (model, interface, batch, optimizer)
  }

  private static let digits = Interface.images([1, 28, 28], classes: 10)
  private static let photographs = Interface.images([3, 32, 32], classes: 10)

  /// One of each family, smallest first.
  package static let all: [BenchmarkModel] = [
    BenchmarkModel(model: .lenet300100, interface: digits, batch: 60, optimizer: .adam()),
    BenchmarkModel(model: .lenet5, interface: digits, batch: 60, optimizer: .adam()),
    BenchmarkModel(model: .conv2, interface: photographs, batch: 60, optimizer: .adam()),
    BenchmarkModel(
      model: .resnet20, interface: photographs, batch: 128,
      optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4)),
    BenchmarkModel(
      model: .encoder(), interface: .sequences(length: 48, vocabulary: 4096, classes: 2), batch: 32,
      optimizer: .adamW()),
    BenchmarkModel(
      model: .causalTransformer(), interface: .language(length: 128, vocabulary: 65), batch: 32,
      optimizer: .adamW()),
  ]

  private static let sentences = Interface.sequences(length: 128, vocabulary: 30_522, classes: 2)
  private static let largePhotographs = Interface.images([3, 224, 224], classes: 1_000)

  /// Those of published size, which are measured where they are named: inference on random weights and planning, never training.
  package static let published: [BenchmarkModel] = [
    BenchmarkModel(model: .mobileNetV2(), interface: largePhotographs, batch: 1, optimizer: .sgd()),
    BenchmarkModel(model: .resnet50(), interface: largePhotographs, batch: 1, optimizer: .sgd()),
    BenchmarkModel(model: .vit(), interface: largePhotographs, batch: 1, optimizer: .sgd()),
    BenchmarkModel(model: .distilBERT(), interface: sentences, batch: 1, optimizer: .sgd()),
    BenchmarkModel(model: .bert(), interface: sentences, batch: 1, optimizer: .sgd()),
  ]

  /// Whether it is one of published size.
  package var isPublished: Bool { Self.published.contains { $0.name == name } }

  /// The measured model of that name.
  ///
  /// - Throws: `SettingError.unknown`, with the nearest name.
  package static func named(_ name: String) throws -> BenchmarkModel {
    guard let found = (all + published).first(where: { $0.name == name }) else {
      throw SettingError.unknown("measured model", name, known: (all + published).map(\.name))
    }
    return found
  }

  /// The number of different tokens.
  private var tokenCount: Int {
    switch interface {
    case .images: 0
    case .sequences(_, let vocabulary, _), .language(_, let vocabulary): vocabulary
    }
  }

  /// Fills a batch with made-up examples: normal numbers or any tokens, and any labels.
  package func fill(_ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) {
    fill(inputs, labels, part: 0)
  }

  /// Fills one of several batches.
  func fill(_ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>, part: Int) {
    var random = RandomStream(
      seed: 0, stream: .generation, substream: UInt32(truncatingIfNeeded: part))
    func fill(_ integers: UnsafeMutableBufferPointer<Int32>, below bound: Int) {
      for index in integers.indices { integers[index] = Int32(random.integer(below: UInt32(bound))) }
    }
    switch inputs {
    case .numbers(let numbers): random.fillNormal(numbers)
    case .tokens(let tokens): fill(tokens, below: tokenCount)
    }
    fill(labels, below: interface.classes)
  }
}
