import CoppiceNetworks
import CoppiceTensors
import Testing

/// A small network of each family with a task and a way to train it: what most tests here run on.
struct Family: Sendable, CustomTestStringConvertible {
  let name: String
  let model: Model
  let interface: Interface
  let batch: Int
  let optimizer: Optimizer
  let learningRate: LearningRate
  var isMasked = false
  var clipping: Double?
  var execution = SparseExecution.automatic

  var testDescription: String { execution == .automatic ? name : "\(name), \(execution)" }

  /// Every family in both forms: masked-dense, and sparse with masks.
  static let bothForms =
    all
    + all.map { family in
      var sparse = family
      (sparse.isMasked, sparse.execution) = (true, .always)
      return sparse
    }

  /// The families of Tests/Reference/networks.py, with its settings.
  static let all = [
    Family(
      name: "mlp", model: .mlp([16, 12]), interface: .images([1, 6, 6], classes: 5), batch: 8,
      optimizer: .adam(),
      learningRate: .constant(0.004), isMasked: true),
    Family(
      name: "lenet", model: .lenet([3, 4], hidden: 10), interface: .images([1, 16, 16], classes: 5), batch: 8,
      optimizer: .sgd(momentum: 0.9, weightDecay: 1e-3), learningRate: .constant(0.02)),
    Family(
      name: "conv", model: .conv([[3, 4], [5]], hidden: [8]), interface: .images([2, 8, 8], classes: 4),
      batch: 6,
      optimizer: .adam(), learningRate: .constant(0.002), isMasked: true),
    Family(
      name: "resnet", model: .resnet([4, 6], blocks: 1), interface: .images([2, 8, 8], classes: 4), batch: 6,
      optimizer: .sgd(momentum: 0.9, isNesterov: true, weightDecay: 1e-4), learningRate: .constant(0.05)),
    Family(
      name: "encoder", model: .encoder(width: 8, heads: 2, layers: 1, feedForward: 2),
      interface: .sequences(length: 7, vocabulary: 11, classes: 3), batch: 6,
      optimizer: .adamW(epsilon: 1e-6, weightDecay: 0.05), learningRate: .constant(0.003)),
    Family(
      name: "causal-transformer", model: .causalTransformer(width: 8, heads: 2, layers: 2, feedForward: 2),
      interface: .language(length: 6, vocabulary: 9), batch: 4,
      optimizer: .adamW(beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1),
      learningRate: .cosine(0.01, floor: 0.0005).warmedUp(steps: 5), clipping: 2),
  ]

  func traced() throws -> Network { try Network(model, interface) }

  /// The state every reference training starts from.
  func start(_ traced: Network) -> TrainingState {
    TrainingState(parameters: ReferenceNumbers.parameters(traced), buffers: traced.initialBuffers)
  }

  func trainer(
    _ state: TrainingState? = nil, masks: MaskSet? = nil, optimizer: Optimizer? = nil, seed: UInt64 = 1,
    threads: Int = 1
  ) throws -> Trainer {
    let traced = try traced()
    return try Trainer(
      traced, state ?? start(traced), masks: masks ?? (isMasked ? ReferenceNumbers.masks(traced) : nil),
      execution: execution, optimizer: optimizer ?? self.optimizer, batch: batch, clipping: clipping,
      seed: seed, threads: threads)
  }

  /// Makes steps on the first batch alone and gives their losses.
  func runOnOneBatch(_ trainer: Trainer, steps: Int, rate: Double) throws -> [Float] {
    try (0..<steps).map { _ in
      try trainer.fillBatch { ReferenceNumbers.fill(0, interface, batch: batch, $0, $1) }
      return trainer.run(learningRate: rate)
    }
  }

  /// Makes steps on the batches of the script and gives their losses.
  ///
  /// - Parameter rate: the learning rate, where it is not the family's.
  @discardableResult func run(
    _ trainer: Trainer, steps: Int, of total: Int = 20, rate: Double? = nil
  ) throws -> [Float] {
    try (0..<steps).map { _ in
      let step = trainer.step
      try trainer.fillBatch { ReferenceNumbers.fill(step, interface, batch: batch, $0, $1) }
      return trainer.run(learningRate: rate ?? learningRate(step: step, total: total))
    }
  }
}
