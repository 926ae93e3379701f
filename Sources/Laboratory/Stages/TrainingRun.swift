import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// A training on its way. The stage says what is to be done; this is where it stands.
struct TrainingRun {
  private let stage: TrainingStage
  private let regimen: Regimen
  private let context: StageContext
  /// The network that is trained.
  private let network: Network
  private let trainer: Trainer
  private var batches: Batches
  /// The learning rate of each step.
  private let rates: (_ step: Int) -> Double
  private var masks: DynamicMasks?
  /// The network that is left of a learned mask, as it was found last, with its own parameters alone.
  private var left: ParameterSet?
  /// The parameters when the masks were set, where some are not trained.
  private var frozen: ParameterSet?
  /// How many weights are active as the dynamics declares, and by how many units may miss that.
  private var declared: (count: Int, slack: Int)?
  /// The sparsity of the masks as they stand, where they move.
  private var sparsity: Double?
  /// What a dynamics looks with.
  private let probes: MoveProbes
  /// Measures under the masks as they stand; `nil` until it is asked for.
  private var meter: Meter?
  private var log: TrainingLog
  private let costs: NetworkCosts
  /// What a step costs under the masks as they stand.
  private var flopsPerStep: Double
  /// Whether the masks as they stand are among those that were explored.
  private var isExplored = false
  /// The step from which the masks are those of the result.
  private let settled: Int
  /// Why a stop rule ended it.
  private var stopped: String?
  private var watch = Stopwatch()
  private var sinceCheckpoint = Stopwatch()
  /// Why the last checkpoint could not be written; `nil` where it was.
  private var checkpointError: StoreError?
  /// The step that progress was last told of, and the sum of the losses since.
  private var reported: Int
  private var lossSum = 0.0

  /// A training at its beginning, or where its checkpoint stands.
  init(_ stage: TrainingStage, _ context: StageContext) throws {
    (self.stage, regimen, self.context) = (stage, stage.regimen, context)
    network = try stage.network()
    var state: TrainingState
    masks = try stage.initialMasks(context)
    if let checkpoint = Self.checkpoint(of: stage, context) {
      state = try TrainingState(checkpoint)
      log = TrainingLog(checkpoint, steps: stage.steps)
      if let moved = checkpoint[masks: "masks"] {
        masks = DynamicMasks(active: moved, trained: checkpoint[masks: "trained"])
      }
    } else {
      state = try stage.initialState(context)
      if let learning = stage.learning {
        state.parameters = learning.start(state.parameters, network, regimen)
      }
      log = TrainingLog(steps: stage.steps)
    }
    trainer = try Trainer(
      network, state, masks: masks?.active, trained: masks?.trained, execution: regimen.execution,
      optimizer: regimen.optimizer, loss: regimen.loss, batch: regimen.batchSize, clipping: regimen.clipping,
      seed: regimen.seedBits, firstStep: stage.firstStep, threads: context.threads)
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

  /// The checkpoint of a training; `nil` where there is none, or none to go on from. It then begins anew.
  private static func checkpoint(of stage: TrainingStage, _ context: StageContext) -> StageRecord? {
    do throws(StoreError) {
      guard let record = try context.folder.readCheckpoint(stage.key.hexadecimal) else { return nil }
      guard let fault = stage.fault(inCheckpoint: record) else { return record }
      throw .badContents(file: context.folder.checkpoint(stage.key.hexadecimal), reason: fault)
    } catch {
      context.passedOver(error)
      return nil
    }
  }

  /// Makes the steps that are left and gives the outputs.
  ///
  /// - Throws: `Interrupted` after a checkpoint, where an end was asked for.
  mutating func finish() throws -> StageRecord {
    while trainer.step < stage.steps {
      try leave()
      try move()
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

  /// Leaves the network as it stands, where a stage is to find it.
  private mutating func leave() throws {
    for waypoint in context.waypoints where waypoint.step == trainer.step {
      try harden(isCut: false)
      try context.leave(outputs(of: waypoint.key, isMeasured: false))
    }
  }

  /// Moves the masks, where they move now.
  ///
  /// - Throws: `Interrupted` after a checkpoint that stands before the move, where an end was asked for on the way.
  private mutating func move() throws {
    guard let moves = stage.moves, let old = masks, try moves.isDue(trainer.step, stage.steps, regimen) else {
      return
    }
    let (new, ties): (DynamicMasks, Int)
    do {
      (new, ties) = try moves.masks(
        old, trainer.parameters, trainer.buffers, trainer.step, stage.steps, regimen, context, probes: probes)
    } catch is Interrupted {
      writeCheckpoint()
      throw Interrupted(checkpointError: checkpointError)
    } catch {
      // A network that the last step has spoilt has no scores; then it is the training that has failed.
      guard Self.isOfSpoiltNetwork(error), try noteDivergence(evaluation(isLast: false)) else { throw error }
      return
    }
    log.ties += ties
    declared = try moves.declared(
      from: old.active, to: new.active, step: trainer.step, of: stage.steps, regimen)
    if new != old {
      try trainer.remask(new.active, trained: new.trained)
      (masks, meter, flopsPerStep) = (new, nil, costs.flopsPerStep(new))
      sparsity = new.active.sparsity
      frozen = new.trained == nil ? nil : trainer.parameters
      isExplored = false
    }
    let sight = TrainingSight(
      step: trainer.step, masks: new, declared: declared,
      before: moves.dynamics.regrows ? nil : old.active)
    log.invariants.merge(sight.findings)
  }

  private static func isOfSpoiltNetwork(_ error: any Error) -> Bool {
    switch error {
    case PruningError.scoreNotFinite, DynamicsError.notFinite: true
    default: false
    }
  }

  /// Counts the weights that take part in the next step among those that ever have, where masks may grow.
  private mutating func explore() {
    guard !isExplored, stage.moves?.dynamics.regrows == true, let active = masks?.active else { return }
    log.explore(active)
    isExplored = true
  }

  /// Makes a step.
  private mutating func step() throws {
    explore()
    let place = stage.firstStep + trainer.step
    try trainer.fillBatch { batches.fill(place, $0, $1) }
    if let inputs = try stage.learning?.inputs(trainer.step, stage.steps, regimen) { trainer.write(inputs) }
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
  private mutating func tell(evaluations: Int = 0) {
    let steps = trainer.step - reported
    context.progress(
      StageProgress(
        steps: steps, evaluations: evaluations, loss: steps > 0 ? lossSum / Double(steps) : nil,
        step: trainer.step, total: stage.steps))
    (reported, lossSum) = (trainer.step, 0)
  }

  /// Measures the network, unless it was measured at this step. A stop rule may end the training then.
  private mutating func measure() throws {
    guard stage.isMeasured, log.evaluations.last?.step != trainer.step else { return }
    let isLast = trainer.step == stage.steps || log.divergence != nil
    log.evaluations.append(try evaluation(isLast: isLast))
    tell(evaluations: 1)
    try inspect()
    // A network that is still pruned is not stopped, nor judged by what it was before.
    let judged = log.evaluations.filter { $0.step >= settled }
    guard !isLast, trainer.step >= settled, let reason = stage.stop.reason(after: judged) else { return }
    stopped = "\(stage.stop.name) after step \(trainer.step): \(reason)"
    log.evaluations[log.evaluations.count - 1] = try evaluation(isLast: true)
  }

  /// Tests what must hold of a training under masks, as long as its loss is finite.
  private mutating func inspect() throws {
    guard let masks = trainer.masks, log.evaluations.last?[.testLoss].isFinite ?? false else { return }
    let isAtBeginning = trainer.step == 0 && stage.rewindStep != nil
    let sight = TrainingSight(
      step: trainer.step, parameters: isAtBeginning || frozen != nil ? trainer.parameters : nil,
      forward: trainer.forwardParameters(of: masks.names),
      masks: DynamicMasks(active: masks, trained: trainer.trained),
      origin: isAtBeginning ? try stage.origin(context) : nil, frozen: frozen, declared: declared)
    log.invariants.merge(sight.findings)
  }

  /// Notes where the network as it stands has no finite loss, and says whether it is so: a step may have spoilt what its own
  /// loss, taken before it, does not show yet.
  private mutating func noteDivergence(_ evaluation: Evaluation) -> Bool {
    let loss = evaluation[.testLoss]
    guard !loss.isFinite else { return false }
    log.divergence = "the test loss after step \(trainer.step) is \(loss)"
    return true
  }

  private mutating func evaluation(isLast: Bool) throws -> Evaluation {
    try harden(isCut: isLast && trainer.step == stage.steps)
    let measuring = try meter ?? Meter(regimen, masks: masks?.active, threads: context.threads)
    meter = measuring
    return try measuring.evaluation(
      activeParameters, try activeBuffers(), step: trainer.step, isLast: isLast)
  }

  /// Finds the network that is left of a learned mask.
  ///
  /// - Parameter isCut: whether it is cut to the pruning ratio, where there is one.
  private mutating func harden(isCut: Bool) throws {
    guard let learning = stage.learning else { return }
    guard learning.mask.makesMasks else {
      left = ParameterSet(
        regimen.model.declarations.compactMap { one in
          trainer.parameters[one.name].map { (one.name, $0) }
        })
      return
    }
    var found: (parameters: ParameterSet, masks: MaskSet, ties: Int)
    do {
      found = try learning.left(
        of: trainer.parameters, at: trainer.step, of: stage.steps, regimen,
        isCut: isCut && log.divergence == nil)
    } catch let error as PruningError {
      // What the last step has spoilt has no scores; then it is the training that has failed.
      guard case .scoreNotFinite = error else { throw error }
      log.divergence = "after step \(trainer.step), \(error)"
      found = try learning.left(
        of: trainer.parameters, at: trainer.step, of: stage.steps, regimen, isCut: false)
    }
    (left, log.ties) = (found.parameters, found.ties)
    (masks, meter) = (DynamicMasks(active: found.masks), nil)
  }

  /// The parameters as the forward pass has them: an inactive weight counts as 0, whatever the optimizer makes of it.
  private var activeParameters: ParameterSet {
    left ?? masks?.active.applied(to: trainer.parameters) ?? trainer.parameters
  }

  /// The running statistics; those of channels that are pruned with scale and shift are 0.
  private func activeBuffers() throws -> ParameterSet {
    guard let masks = masks?.active, masks.names.contains(where: masks.isCompanion)
    else { return trainer.buffers }
    return try context.costs.paths(of: regimen).statistics(under: masks).applied(to: trainer.buffers)
  }

  /// Writes a checkpoint where one is due. One that cannot be written is tried again when the next is due.
  ///
  /// - Throws: `Interrupted` where an end was asked for.
  private mutating func checkpoint() throws {
    let isInterrupted = context.interruption.isRequested
    guard isInterrupted || sinceCheckpoint.elapsed >= context.checkpointInterval else { return }
    writeCheckpoint()
    if isInterrupted { throw Interrupted(checkpointError: checkpointError) }
    sinceCheckpoint = Stopwatch()
  }

  /// Writes a checkpoint, or says that it cannot be written: it only saves time. Of failures in a row the first is told of.
  private mutating func writeCheckpoint() {
    log.wallTime += watch.lap()
    let checkpoint = log.checkpoint(stage.key, trainer.state, masks: stage.moves == nil ? nil : masks)
    do throws(StoreError) {
      try context.folder.writeCheckpoint(checkpoint)
      checkpointError = nil
    } catch {
      if checkpointError == nil { context.checkpointFailed(error) }
      checkpointError = error
    }
  }

  /// The outputs.
  private func record() throws -> StageRecord {
    var record = try outputs(of: stage.key, isMeasured: stage.isMeasured)
    if let reason = stopped { record.metadata = JSON.object([("stop", .text(reason))]) }
    // Masks that are those it was given stand in another stage.
    if stage.moves != nil || stage.freezesPruned || stage.learning?.mask.makesMasks == true, let masks {
      record.masks = masks.sets
      if stage.moves != nil || stage.learning != nil {
        record.numbers += [("settled_step", [Double(settled)]), ("ties", [Double(log.ties)])]
      }
      if let exploration = log.exploration { record.numbers.append(("exploration", [exploration])) }
      if let learning = stage.learning {
        // What nobody asked for is empty.
        record.numbers.append(("requested_sparsity", [learning.ratio ?? .nan]))
      }
      try record.follow(masks.active, of: regimen, context.costs)
    }
    if stage.isMeasured {
      record.layers = costs.layers(of: regimen, masks?.active, trained: masks?.trained)
      record.numbers.append(("flops", [Double(costs.flops)]))
    }
    return record
  }

  /// The network as it stands, and what it took. One that is not measured is there to be gone back to, and has no curves.
  private func outputs(of key: StageKey, isMeasured: Bool) throws -> StageRecord {
    var record = log.record(
      key, step: trainer.step, parameters: activeParameters, try activeBuffers())
    if !isMeasured { (record.series, record.evaluations, record.invariants) = (Series(), [], []) }
    record.numbers.append(("training_flops_dense", [costs.flopsPerStep * Double(trainer.step)]))
    return record
  }
}

extension DynamicMasks {
  /// The masks as a record holds them: `masks`, and `trained` where these are others.
  var sets: [(name: String, values: MaskSet)] {
    [("masks", active)] + (trained.map { [("trained", $0)] } ?? [])
  }
}

extension TrainingState {
  /// The state a checkpoint holds.
  fileprivate init(_ record: StageRecord) throws {
    guard let parameters = record[parameters: "parameters"],
      let step = record[numbers: "step"]?.first.flatMap({ Int(exactly: $0) })
    else {
      throw StageError.missingOutput("state", stage: record.key)
    }
    self.init(
      parameters: parameters, buffers: record[parameters: "buffers"] ?? ParameterSet(),
      moments: record[parameters: "moments"] ?? ParameterSet(), step: step)
  }
}
