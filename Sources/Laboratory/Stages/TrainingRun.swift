import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

/// A training on its way. The stage says what is to be done; this is where it stands.
struct TrainingRun {
  let stage: TrainingStage
  let regimen: Regimen
  let context: StageContext
  /// The network that is trained.
  let network: Network
  let trainer: Trainer
  /// The smaller network that is trained in its place; `nil` where nothing is cut out.
  let smaller: CompactedRun?
  /// What makes it one of codes; `nil` where nothing does.
  let quantised: QuantisedRun?
  /// How far its logits are from those of the masked network.
  var agreements: [CompactionAgreement] = []
  var batches: Batches
  /// How many steps the moments have had that it begins with.
  let momentSteps: Int
  /// The learning rate of each step.
  private let rates: (_ step: Int) -> Double
  var masks: DynamicMasks?
  /// The network that is left of a learned mask, as it was found last, with its own parameters alone.
  var left: ParameterSet?
  /// The parameters when the masks were set, where some are not trained.
  var frozen: ParameterSet?
  /// How many weights are active as the dynamics declares, and by how many units may miss that.
  var declared: (count: Int, slack: Int)?
  /// The sparsity of the masks as they stand, where they move.
  var sparsity: Double?
  /// What a dynamics looks with.
  let probes: MoveProbes
  /// Measures under the masks as they stand; `nil` until it is asked for.
  var meter: Meter?
  var log: TrainingLog
  let costs: NetworkCosts
  /// What a step costs under the masks as they stand.
  var flopsPerStep: Double
  /// Whether the masks as they stand are among those that were explored.
  var isExplored = false
  /// The step from which the masks are those of the result.
  let settled: Int
  /// The masks that were drawn so far, where a stop rule looks at them.
  var drawn = DrawnMasks()
  /// Why a stop rule ended it.
  var stopped: String?
  var watch = Stopwatch()
  var sinceCheckpoint = Stopwatch()
  /// Why the last checkpoint could not be written; `nil` where it was.
  var checkpointError: StoreError?
  /// The step that progress was last told of, and the sum of the losses since.
  private var reported: Int
  private var lossSum = 0.0

  /// A training at its beginning, or where its checkpoint stands.
  init(_ stage: TrainingStage, _ context: StageContext) throws {
    (self.stage, regimen, self.context) = (stage, stage.regimen, context)
    network = try stage.network()
    var state: TrainingState
    quantised = try stage.quantisation.map { try QuantisedRun($0, stage.regimen.model, context) }
    masks = try stage.initialMasks(context)
    if let checkpoint = Self.checkpoint(of: stage, context) {
      state = try TrainingState(checkpoint)
      log = TrainingLog(checkpoint, steps: stage.steps)
      if let moved = checkpoint[masks: "masks"] {
        masks = DynamicMasks(active: moved, trained: checkpoint[masks: "trained"])
      }
      drawn = DrawnMasks(checkpoint)
    } else {
      state = try stage.initialState(context)
      if let learning = stage.learning {
        state.parameters = learning.start(state.parameters, network, regimen)
      }
      if let quantised, stage.steps > 0 {
        for (name, range) in FakeQuantised.buffers(quantised.ranges) { state.buffers[name] = range }
      }
      log = TrainingLog(steps: stage.steps)
    }
    if stage.isCompacted, let masks {
      smaller = try CompactedRun(
        network, masks.active, initial: stage.initialState(context), optimizer: regimen.optimizer)
    } else {
      smaller = nil
    }
    if let smaller { state = smaller.compacted.sliced(state) }
    momentSteps = try stage.momentSteps(context)
    trainer = try Trainer(
      smaller?.network ?? network, state, masks: smaller == nil ? masks?.active : smaller?.masks,
      trained: masks?.trained, execution: regimen.execution,
      optimizer: regimen.optimizer, loss: regimen.loss,
      // What makes no step needs no room for one.
      batch: stage.steps == 0 ? 1 : regimen.batchSize, clipping: regimen.clipping,
      seed: regimen.seedBits, firstStep: stage.firstStep, momentSteps: momentSteps, threads: context.threads)
    rates = try stage.rates(context)
    sparsity = stage.moves == nil ? nil : masks?.active.sparsity
    probes = MoveProbes(regimen, threads: context.threads)
    batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: regimen.batchSize,
      seed: regimen.seedBits)
    costs = try context.costs.costs(of: regimen)
    flopsPerStep = masks.map(costs.flopsPerStep) ?? costs.flopsPerStep
    frozen = masks?.trained == nil ? nil : trainer.parameters
    reported = state.step
    let isCut = stage.learning?.ratio != nil
    settled = try stage.moves?.settled(stage.steps, regimen) ?? (isCut ? stage.steps : 0)
  }

  /// Makes the steps that are left and gives the outputs.
  ///
  /// - Throws: `Interrupted` after a checkpoint, where an end was asked for.
  mutating func finish() throws -> StageRecord {
    try compare()
    while trainer.step < stage.steps {
      try leave()
      try move()
      try draw()
      if log.divergence != nil { break }
      if trainer.step % regimen.evaluationInterval == 0 { try measure() }
      if stopped != nil || log.invariants.fault != nil { break }
      try step()
      // A training that diverged is over; its checkpoint would not know.
      if log.divergence != nil { break }
      try checkpoint()
    }
    if trainer.step == stage.steps, log.divergence == nil { try move() }
    if log.invariants.fault == nil { try measure() }
    if log.divergence == nil, let last = log.evaluations.last { _ = noteDivergence(last) }
    tell()
    log.wallTime += watch.lap()
    return try record()
  }

  /// Makes a step.
  private mutating func step() throws {
    explore()
    let place = stage.firstStep + trainer.step
    try trainer.fillBatch { batches.fill(place, $0, $1) }
    if let inputs = try stage.learning?.inputs(trainer.step, stage.steps, regimen) { trainer.write(inputs) }
    if let quantisation = stage.quantisation {
      trainer.write(FakeQuantised.inputs(moves: trainer.step < quantisation.observedSteps))
    }
    let rate = rates(trainer.step)
    let loss = trainer.run(learningRate: rate)
    log.flops += flopsPerStep
    log.add(
      loss: loss, learningRate: rate, sparsity: sparsity,
      step: trainer.step)
    if !loss.isFinite {
      log.divergence =
        "the loss of step \(trainer.step) is \(loss)"
        + (trainer.nonFiniteScope().map { "; the first number that is not finite comes from \($0)" } ?? "")
    }
    lossSum += Double(loss)
    if trainer.step - reported >= 20 { tell() }
  }

  /// Tells what was done since it was last told.
  mutating func tell(evaluations: Int = 0) {
    let steps = trainer.step - reported
    context.progress(
      StageProgress(
        steps: steps, evaluations: evaluations, loss: steps > 0 ? lossSum / Double(steps) : nil,
        step: trainer.step, total: stage.steps))
    (reported, lossSum) = (trainer.step, 0)
  }
}
