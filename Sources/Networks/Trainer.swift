import CoppiceAutodiff
import CoppiceTensors

/// Trains one network, step by step. Belongs to one thread.
package final class Trainer {
  private let model: Network
  private let optimizer: Optimizer
  private let executor: Executor
  private let sparse: SparseWeights
  private let dropoutSeed: UInt64
  private let firstStep: Int
  private var powers: [Double]
  /// Steps made so far.
  package private(set) var step: Int

  /// A trainer that goes on from a state.
  ///
  /// - Parameters:
  ///   - masks: which prunable weights survive; `nil` for a dense training. Masked weights and their moments are set to 0
  ///     before the first step.
  ///   - execution: which masked weights run sparse.
  ///   - seed: the seed of dropout.
  ///   - firstStep: the step of the dense training whose dropout the first step of this one has.
  package init(
    _ model: Network, _ state: TrainingState, masks: MaskSet?,
    execution: SparseExecution = .automatic, optimizer: Optimizer, batch: Int, clipping: Double? = nil,
    seed: UInt64, firstStep: Int = 0, threads: Int = 1
  ) throws {
    self.model = model
    self.optimizer = optimizer
    dropoutSeed = seed
    self.firstStep = firstStep
    sparse = SparseWeights(model, masks, execution)
    let graph = try model.trainingGraph(
      batch: batch, optimizer: optimizer, masked: masks?.names ?? [], sparse: sparse, clipping: clipping)
    executor = Executor(Plan(graph), threads: threads)
    step = state.step
    // βᵗ as a running product: the same bits however often a training was interrupted.
    powers = optimizer.corrections.map { correction in
      (0..<state.step).reduce(1) { power, _ in power * correction.base }
    }
    for (name, tensor) in masks?.applied(to: state.parameters) ?? state.parameters {
      executor.write(name, sparse.packed(name, tensor))
    }
    for (name, tensor) in state.buffers { executor.write(name, tensor.scalars) }
    for (name, tensor) in state.moments {
      let parameter = name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
      executor.write(name, sparse.packed(parameter, masks?[parameter]?.applied(to: tensor) ?? tensor))
    }
    for (name, mask) in masks ?? MaskSet() where executor.hasLeaf("mask/\(name)") {
      executor.write("mask/\(name)", bytes: mask.bytes)
    }
  }

  /// Lets `fill` write the next batch in place.
  package func fillBatch(_ fill: BatchFill) throws {
    try executor.fillBatch(hasTokens: model.interface.hasTokens, fill)
  }

  /// Makes one step on the batch that was filled in and gives its mean loss.
  package func run(learningRate: Double) -> Float {
    executor.write("learning_rate", [Float(learningRate)])
    for (index, correction) in optimizer.corrections.enumerated() {
      powers[index] *= correction.base
      executor.write(correction.name, [Float(1 - powers[index])])
    }
    if executor.hasLeaf("dropout_key") {
      executor.write(
        "dropout_key",
        integers: [dropoutSeed, UInt64(firstStep + step)].flatMap { word in
          [Int32(truncatingIfNeeded: word), Int32(truncatingIfNeeded: word >> 32)]
        })
    }
    executor.run()
    step += 1
    return executor.scalarOutput("loss")
  }

  /// The parameters as they stand.
  package var parameters: ParameterSet {
    ParameterSet(
      model.declarations.map { ($0.name, sparse.unpacked($0.name, executor.leafTensor($0.name))) })
  }

  /// Running statistics as they stand.
  package var buffers: ParameterSet {
    ParameterSet(model.buffers.map { ($0.name, executor.leafTensor($0.name)) })
  }

  /// Everything needed to go on later.
  package var state: TrainingState {
    TrainingState(
      parameters: parameters, buffers: buffers,
      moments: ParameterSet(
        optimizer.moments.flatMap { moment in
          model.declarations.map {
            let leaf = "\(moment):\($0.name)"
            return (leaf, sparse.unpacked($0.name, executor.leafTensor(leaf)))
          }
        }), step: step)
  }

  /// Runs the batch once more, on one thread, and gives what was run and the seconds each of its steps took.
  package func profile() -> (plan: Plan, seconds: [Double]) { (executor.plan, executor.profile()) }

  /// Runs the batch once more and names the part of the model in which the first number that is not finite was made.
  package func nonFiniteScope() -> String? { executor.runFindingNonFinite() }
}
