import CoppiceDatasets
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// What is trained, on what, and how: equal for all trainings of a trial, whose stages share it.
package final class Regimen: Sendable {
  package let model: Network
  package let data: TaskData
  package let optimizer: Optimizer
  package let learningRate: LearningRate
  /// The loss of all trainings.
  package let loss: Loss
  /// What may end a training.
  package let stop: StopRule
  package let clipping: Double?
  package let batchSize: Int
  /// Steps of the dense training, T, over which the learning rate is laid out.
  package let total: Int
  /// Steps between evaluations.
  package let evaluationInterval: Int
  /// In which form trainings and evaluations multiply by pruned weights.
  package let execution: SparseExecution
  package let seed: Int
  /// The file that the initial weights are read from; `nil` where they are drawn.
  package let start: StartWeights?

  /// What results depend on. How often is measured, and in which form pruned weights run, belong to each stage.
  let specification: Specification
  /// What the time of a step depends on, besides density.
  let timing: Specification
  /// Whether a plan that tried a step of it would take much memory or time; `nil` until it is asked for.
  private let largeness = Mutex<Bool?>(nil)

  package init(
    model: Network, data: TaskData, optimizer: Optimizer, learningRate: LearningRate, loss: Loss,
    stop: StopRule,
    clipping: Double?, batchSize: Int, total: Int, evaluationInterval: Int, execution: SparseExecution,
    seed: Int, start: StartWeights? = nil
  ) {
    (self.model, self.data, self.optimizer, self.learningRate) = (model, data, optimizer, learningRate)
    (self.loss, self.stop, self.clipping, self.batchSize) = (loss, stop, clipping, batchSize)
    (self.total, self.evaluationInterval) = (total, evaluationInterval)
    (self.execution, self.seed, self.start) = (execution, seed, start)
    // Made once: every stage of a trial asks for them.
    let limit = clipping.map(Specification.Value.number) ?? .none
    specification = Specification(
      "regimen", version: 1,
      [
        ("model", .component(model.model.specification)),
        ("initializer", .component(model.initializer.specification)),
        ("interface", .component(model.interface.specification)),
        ("data", .component(data.specification)), ("optimizer", .component(optimizer.specification)),
        ("learning-rate", .component(learningRate.specification)), ("batch-size", .integer(batchSize)),
        ("total", .integer(total)), ("seed", .integer(seed)),
      ]
    ).adding([
      ("clipping", limit, neutral: .none),
      ("loss", .component(loss.specification), neutral: .component(Loss.crossEntropy.specification)),
      ("start", start.map { .component($0.specification) } ?? .none, neutral: .none),
    ])
    timing = Specification(
      "timing", version: 1,
      [
        ("model", .component(model.model.specification)),
        ("interface", .component(model.interface.specification)), ("data", .component(data.specification)),
        ("optimizer", .component(optimizer.specification)), ("clipping", limit),
        ("batch-size", .integer(batchSize)), ("execution", .text(execution.rawValue)),
        ("loss", .component(loss.specification)),
      ])
  }

  /// Whether a plan that tried a step of it would take much memory or time: 64 million weights or more, or operations for seconds.
  package var isTooLargeToTry: Bool {
    if let known = largeness.withLock({ $0 }) { return known }
    let weights = model.declarations.map(\.shape.count).total
    let isLarge = weights >= 64_000_000 || ((try? NetworkCosts(self).flopsPerStep) ?? 0) >= 3e11
    largeness.withLock { $0 = isLarge }
    return isLarge
  }

  /// Everything that two regimens can differ in.
  package struct Identity: Hashable {
    fileprivate let specification: Specification
    fileprivate let timing: Specification
    fileprivate let stop: Specification
    fileprivate let evaluationInterval: Int
  }

  package var identity: Identity {
    Identity(
      specification: specification, timing: timing, stop: stop.specification,
      evaluationInterval: evaluationInterval)
  }

  /// The seed as the key of random streams.
  var seedBits: UInt64 { UInt64(bitPattern: Int64(seed)) }

  /// Steps in one pass over the training data.
  var perEpoch: Int { data.stepsPerEpoch(batchSize: batchSize) }

  /// Initial weights. Draw 0 gives the trial's own, which may be those of a file; draw k those of a control in round k, drawn afresh. It
  /// comes from the seed s + k · 2³².
  ///
  /// - Throws: what reading the file throws.
  package func initialParameters(draw: Int) throws -> ParameterSet {
    guard draw == 0, let start else { return drawnParameters(draw: draw) }
    return try start.weights(model, fresh: drawnParameters(draw: 0)).parameters
  }

  /// The buffers that go with initial weights.
  ///
  /// - Throws: what reading the file throws.
  package func initialBuffers(draw: Int) throws -> ParameterSet {
    guard draw == 0, let start else { return model.initialBuffers }
    return try start.weights(model, fresh: drawnParameters(draw: 0)).buffers
  }

  private func drawnParameters(draw: Int) -> ParameterSet {
    model.initialParameters(seed: seedBits &+ UInt64(draw) << 32)
  }

  /// The learning rate of a step of the dense training; the last one beyond its end and for `nil`.
  func learningRate(atStep step: Int?) -> Double {
    let last = max(0, total - 1)
    return learningRate(step: min(step ?? last, last), total: total)
  }
}

extension Regimen {
  /// What is needed to evaluate networks of a trial. How they were trained plays no part.
  package convenience init(evaluating trial: Trial, _ library: DataLibrary) throws {
    var plain = Trial(model: trial.model, dataset: trial.dataset, batchSize: 1, seed: trial.seed)
    (plain.execution, plain.loss) = (trial.execution, trial.loss)
    let data = try library.data(plain.dataset, seed: plain.seed)
    try self.init(plain, Network(plain.model, data.interface), data)
  }
}
