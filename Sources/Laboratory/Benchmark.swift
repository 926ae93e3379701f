import CKernels
import CoppiceNetworks
import CoppiceTensors

/// How fast a model trains and evaluates on this machine, on made-up data, with the batch and optimizer that PyTorch is
/// measured with beside it.
package struct Benchmark: Sendable {
  /// A model and how it is trained.
  package struct Case: Sendable {
    package let model: Model
    package let interface: Interface
    package let batch: Int
    package let optimizer: Optimizer

    /// One for each family, by the names of `coppice list models`.
    package static let all: [Case] = [
      Case(
        model: .lenet300100, interface: .images([1, 28, 28], classes: 10), batch: 60, optimizer: .adam()),
      Case(model: .lenet5, interface: .images([1, 28, 28], classes: 10), batch: 60, optimizer: .adam()),
      Case(model: .conv2, interface: .images([3, 32, 32], classes: 10), batch: 60, optimizer: .adam()),
      Case(
        model: .resnet20, interface: .images([3, 32, 32], classes: 10), batch: 128,
        optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4)),
      Case(
        model: .causalTransformer(), interface: .language(length: 128, vocabulary: 65), batch: 32,
        optimizer: .adamW()),
      Case(
        model: .encoder(), interface: .sequences(length: 48, vocabulary: 4096, classes: 2), batch: 32,
        optimizer: .adamW()),
    ]
  }

  /// One line of the result.
  package struct Row: Sendable {
    /// `training` or `inference`.
    package let benchmark: String
    package let model: String
    package let batch: Int
    package let threads: Int
    /// The fraction of prunable weights that survive, 0…1.
    package let density: Double
    /// Steps (batches) a second over five runs.
    package let median: Double
    package let low: Double
    package let high: Double
    /// The share of this processor's multiply-add limit on these threads, measured just before.
    package let fractionOfLimit: Double
  }

  /// Threads that share each kernel.
  package let threads: Int
  /// The fraction of prunable weights that survive, 0…1.
  package let density: Double
  /// Seconds of one of the five runs.
  package let seconds: Double

  package init(threads: Int, density: Double, seconds: Double) {
    self.threads = threads
    self.density = density
    self.seconds = seconds
  }

  /// Measures training and inference of a case.
  package func run(_ benchmark: Case) throws -> [Row] {
    let limit = Self.multiplyAddLimit() * Double(threads)
    let model = try TracedModel(benchmark.model, benchmark.interface)
    let state = TrainingState(parameters: model.initialParameters(seed: 0), buffers: model.initialBuffers)
    let masks = randomMasks(model)
    let trainer = try Trainer(
      model, state, masks: masks, optimizer: benchmark.optimizer, batch: benchmark.batch, seed: 0,
      threads: threads)
    try trainer.fillBatch { inputs, labels in fill(inputs, labels, benchmark.interface) }
    let training = measure { _ = trainer.run(learningRate: 1e-3) }
    let evaluator = try Evaluator(model, batch: benchmark.batch, threads: threads)
    evaluator.load(masks.applied(to: state.parameters), state.buffers)
    try evaluator.fillBatch { inputs, labels in fill(inputs, labels, benchmark.interface) }
    let inference = measure { evaluator.run() }
    let flops = [
      try model.trainingGraph(batch: benchmark.batch, optimizer: benchmark.optimizer, masked: masks.names)
        .flops,
      try model.evaluationGraph(batch: benchmark.batch).flops,
    ]
    return zip(["training", "inference"], zip([training, inference], flops)).map { name, figures in
      let (rates, flops) = figures
      return Row(
        benchmark: name, model: benchmark.model.name, batch: benchmark.batch, threads: threads,
        density: density,
        median: rates[rates.count / 2], low: rates[0], high: rates[rates.count - 1],
        fractionOfLimit: rates[rates.count / 2] * Double(flops) / limit)
    }
  }

  /// Calls a second over five runs, ascending.
  private func measure(_ call: () -> Void) -> [Double] {
    call()
    return (0..<5).map { _ in
      let watch = Stopwatch()
      var calls = 0
      repeat {
        call()
        calls += 1
      } while watch.elapsed < seconds
      return Double(calls) / watch.elapsed
    }.sorted()
  }

  /// Floating-point operations a second of one core, at most: the best of ten short runs.
  private static func multiplyAddLimit() -> Double {
    var sums = [Float](repeating: 0, count: 16)
    let rounds = 200_000
    return (0..<10).map { _ in
      let watch = Stopwatch()
      ck_multiply_add_limit(rounds, &sums)
      return 2 * Double(rounds) * Double(CK_LIMIT_MULTIPLY_ADDS) / watch.elapsed
    }.max() ?? 0
  }

  private func randomMasks(_ model: TracedModel) -> MaskSet {
    var random = RandomStream(seed: 0, stream: .mask)
    return MaskSet(
      model.fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { _ in random.bernoulli(Float(density)) ? 1 : 0 }))
      })
  }

  private func fill(
    _ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>, _ interface: Interface
  ) {
    var random = RandomStream(seed: 0, stream: .generation)
    switch inputs {
    case .numbers(let numbers): random.fillNormal(numbers)
    case .tokens(let tokens):
      let vocabulary =
        switch interface {
        case .images: 1
        case .sequences(_, let vocabulary, _), .language(_, let vocabulary): vocabulary
        }
      for index in tokens.indices { tokens[index] = Int32(random.integer(below: UInt32(vocabulary))) }
    }
    for index in labels.indices { labels[index] = Int32(random.integer(below: UInt32(interface.classes))) }
  }
}
