import CoppiceAutodiff
import CoppiceTensors

/// Trains one network, step by step. Belongs to one thread.
package final class Trainer {
  /// A network that a loss compares with, as it stands.
  package typealias Teacher = (network: Network, parameters: ParameterSet, buffers: ParameterSet)

  private let network: Network
  private let settings: CompiledTraining.Settings
  private let optimizers: TrainingOptimizers
  private let dropoutSeed: UInt64
  private let firstStep: Int
  private var compiled: CompiledTraining
  /// The input leaves of the optimizers' corrections, and their bases.
  private let corrections: [(leaf: String, base: Double)]
  private var powers: [Double]
  /// Steps made so far.
  package private(set) var step: Int
  /// The active weights, as they were given.
  package private(set) var masks: MaskSet?
  /// The trained weights, as they were given; `nil` for the active ones.
  package private(set) var trained: MaskSet?
  /// How often a plan has been made: once, and again by each `remask` under which the form could not stay.
  package private(set) var planCount = 1

  /// A trainer that goes on from a state.
  ///
  /// - Parameters:
  ///   - masks: the active weights: which of them take part in the forward pass; `nil` for all.
  ///   - trained: which weights the optimizer moves; `nil` for the active ones. Where the two masks of a parameter are equal, weights
  ///     outside and their moments are set to 0 before the first step and stay so. Where they differ, the forward pass reads the
  ///     product of weight and active mask. The gradient with respect to that product moves the trained weights, active or not. All
  ///     other weights and their moments keep their bits.
  ///   - execution: which masked weights run sparse; a parameter with two masks never does.
  ///   - teacher: the network whose logits the loss compares with, where it needs them.
  ///   - seed: the seed of dropout.
  ///   - firstStep: the step of the dense training whose dropout the first step of this one has.
  ///   - momentSteps: how many steps the state's moments have had before its step 0: the optimizer's corrections go on from there.
  /// - Throws: `TraceError` where the loss needs a teacher and there is none, or it is one of another task.
  package init(
    _ network: Network, _ state: TrainingState, masks: MaskSet?, trained: MaskSet? = nil,
    execution: SparseExecution = .automatic, optimizer: Optimizer, loss: Loss = .crossEntropy,
    teacher: Teacher? = nil, batch: Int, clipping: Double? = nil, seed: UInt64, firstStep: Int = 0,
    momentSteps: Int = 0, threads: Int = 1
  ) throws {
    self.network = network
    settings = CompiledTraining.Settings(
      execution: execution, optimizer: optimizer, loss: loss, teacher: teacher, batch: batch,
      clipping: clipping, threads: threads)
    optimizers = TrainingOptimizers(optimizer, network.declarations)
    dropoutSeed = seed
    self.firstStep = firstStep
    step = state.step
    corrections = optimizers.corrections
    // βᵗ as a running product: the same bits however often a training was interrupted.
    powers = corrections.map { correction in
      (0..<(momentSteps + state.step)).reduce(1) { power, _ in power * correction.base }
    }
    (self.masks, self.trained) = (masks, trained)
    let both = TrainingMasks(network, active: masks, trained: trained)
    compiled = try CompiledTraining(CompiledTraining.form(of: network, both, settings), both, settings)
    compiled.write(state)
  }

  /// Goes on with other masks, as a new trainer made from this one's state would. A weight that is newly pruned is 0 from now on, and
  /// so are its moments. One that comes back starts at 0, with moments of 0. Where the same parameters have masks as before and as
  /// many survivors run sparse, no new plan is made: their patterns are exchanged in it.
  package func remask(_ masks: MaskSet?, trained: MaskSet? = nil) throws {
    let both = TrainingMasks(network, active: masks, trained: trained)
    let form = try CompiledTraining.form(of: network, both, settings)
    if compiled.fits(both, form) {
      compiled.take(both, form)
    } else {
      let new = try CompiledTraining(form, both, settings)
      new.write(state)
      compiled = new
      planCount += 1
    }
    (self.masks, self.trained) = (masks, trained)
  }

  /// Lets `fill` write the next batch in place.
  package func fillBatch(_ fill: BatchFill) throws {
    try compiled.executor.fillBatch(hasTokens: network.interface.hasTokens, fill)
  }

  /// Sets numbers that the network's rewrites read, before a step.
  package func write(_ inputs: MaskInputs) { inputs.write(to: compiled.executor) }

  /// Makes one step on the batch that was filled in and gives its mean loss, with the network's penalty where it has one.
  package func run(learningRate: Double) -> Float {
    let executor = compiled.executor
    executor.write("learning_rate", [Float(learningRate)])
    for (index, correction) in corrections.enumerated() {
      powers[index] *= correction.base
      executor.write(correction.leaf, [Float(1 - powers[index])])
    }
    if executor.hasLeaf("dropout_key") {
      executor.write("dropout_key", integers: .dropoutKey(seed: dropoutSeed, step: firstStep + step))
    }
    executor.run()
    step += 1
    return executor.scalarOutput("loss")
  }

  /// The parameters as they stand.
  package var parameters: ParameterSet {
    ParameterSet(network.declarations.map { ($0.name, compiled.tensor($0.name, of: $0.name)) })
  }

  /// Some parameters as the forward pass of a step reads them: what is not active is 0.
  package func forwardParameters(of names: [String]) -> ParameterSet {
    ParameterSet(names.map { ($0, compiled.forwardTensor(of: $0)) })
  }

  /// Running statistics as they stand.
  package var buffers: ParameterSet {
    ParameterSet(network.buffers.map { ($0.name, compiled.executor.leafTensor($0.name)) })
  }

  /// Everything needed to go on later.
  package var state: TrainingState {
    TrainingState(
      parameters: parameters, buffers: buffers,
      moments: ParameterSet(
        optimizers.moments(of: network.declarations).map {
          ($0.leaf, compiled.tensor($0.leaf, of: $0.parameter))
        }), step: step)
  }

  /// Runs the batch once more, on one thread, and gives what was run and the seconds each of its steps took.
  package func profile() -> (plan: Plan, seconds: [Double]) {
    (compiled.executor.plan, compiled.executor.profile())
  }

  /// Runs the batch once more and names the part of the model in which the first number that is not finite was made.
  package func nonFiniteScope() -> String? { compiled.executor.runFindingNonFinite() }
}
