import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Foundation

/// What Tests/Reference/networks.py wrote: numbers from PyTorch.
struct ReferenceNetworks: Decodable, Sendable {
  /// The parameters, buffers and FLOPs of a model at its full size.
  struct Description: Decodable, Sendable {
    struct Array: Decodable, Sendable {
      let name: String
      let shape: [Int]
    }
    let parameters: [Array]
    let buffers: [Array]
    let flops: Int
  }

  /// 20 steps of training, in double precision, and the score of a further batch.
  struct Training: Decodable, Sendable {
    let losses: [Double]
    let evaluationLoss: Double
    let evaluationAccuracy: Double
    /// Parameters and buffers at the end.
    let final: [String: [Double]]
  }

  let models: [String: Description]
  let families: [String: Training]
  let optimizers: [String: Training]
  let learningRates: [String: [Double]]

  static let shared: Result<ReferenceNetworks, any Error> = Result {
    guard
      let url = Bundle.module.url(forResource: "networks", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(ReferenceNetworks.self, from: Data(contentsOf: url))
  }
}

/// The numbers that both sides can make: a linear congruential generator's high 24 bits.
enum ReferenceNumbers {
  static func words(_ seed: UInt32, _ count: Int) -> [UInt32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 8
    }
  }

  static func numbers(_ seed: UInt32, _ count: Int, scale: Float) -> [Float] {
    words(seed, count).map { (Float($0) * 0x1p-24 - 0.5) * scale }
  }

  static func integers(_ seed: UInt32, _ count: Int, below bound: Int) -> [Int32] {
    words(seed, count).map { Int32($0 % UInt32(bound)) }
  }

  /// The initial parameters of every reference training.
  static func parameters(_ model: Network) -> ParameterSet {
    ParameterSet(
      model.declarations.map { declaration in
        let (name, shape) = (declaration.name, declaration.shape)
        if shape.rank >= 2 {
          let fan = shape.count / shape[0]
          var scale: Float = 4
          var power = 1
          while power < fan { (power, scale) = (power * 4, scale / 2) }
          return (name, Tensor(shape, numbers(Digest.seed(name), shape.count, scale: scale)))
        }
        let isWeight = name.hasSuffix("weight")
        let drawn = numbers(Digest.seed(name), shape.count, scale: isWeight ? 0.5 : 0.25)
        return (name, Tensor(shape, drawn.map { $0 + (isWeight ? 1 : 0) }))
      })
  }

  /// About half of every prunable weight.
  static func masks(_ model: Network) -> MaskSet {
    MaskSet(
      model.fullMasks.map { name, mask in
        (name, Mask(mask.shape, words(Digest.seed(name) ^ 1, mask.count).map { UInt8($0 % 2) }))
      })
  }

  /// Batch number `step` of a task, as the script's `images`, `sequences` and `text` make it.
  static func fill(
    _ step: Int, _ interface: Interface, batch: Int, _ inputs: BatchInputs,
    _ labels: UnsafeMutableBufferPointer<Int32>
  ) {
    let seed = UInt32(2 * step + 1)
    var drawn = integers(seed + 1, labels.count, below: interface.classes)
    switch (interface, inputs) {
    case (.images, .numbers(let buffer)):
      _ = buffer.update(fromContentsOf: numbers(seed, buffer.count, scale: 4))
    case (.sequences(let length, let vocabulary, _), .tokens(let buffer)):
      _ = buffer.update(fromContentsOf: integers(seed, buffer.count, below: vocabulary - 1).map { $0 + 1 })
      for row in 0..<batch {
        for place in (length - row % (length - 1))..<length { buffer[row * length + place] = 0 }
      }
    case (.language(_, let vocabulary), .tokens(let buffer)):
      let tokens = integers(seed, buffer.count, below: vocabulary)
      _ = buffer.update(fromContentsOf: tokens)
      drawn = tokens.enumerated().map { $0 % 3 == 0 ? -1 : (3 * $1 + 1) % Int32(vocabulary) }
    default: preconditionFailure("the batch is not of the task")
    }
    _ = labels.update(fromContentsOf: drawn)
  }
}
