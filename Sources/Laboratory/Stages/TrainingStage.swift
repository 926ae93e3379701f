import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Trains a network for some steps, dense, under masks or with masks that move, from fresh weights or from another stage's, and
/// measures it. With no steps it measures only.
package struct TrainingStage: Stage {
  /// Where the weights come from.
  package enum Source: Hashable, Sendable {
    /// Drawn afresh, see `Regimen.initialParameters`.
    case fresh(draw: Int)
    /// The weights another stage left: a training, or a pruning that moves survivors.
    case weights(of: StageKey)
  }

  package let regimen: Regimen
  package let source: Source
  /// The stage whose masks hold; `nil` for a dense training.
  package let masks: StageKey?
  /// What moves masks on the way; `nil` where they hold still.
  package let moves: MaskMoves?
  /// The step of the dense training whose batch, dropout and augmentation the first step has.
  package let firstStep: Int
  /// Steps it makes, unless a stop rule ends it.
  package let steps: Int
  /// The step of the dense training whose learning rate the first step has; `nil` for its last rate throughout.
  package let learningRateStep: Int?
  /// Whether the network is measured; the first steps of a dense training, made only to be rewound to, are not.
  package let isMeasured: Bool
  /// The fraction of prunable weights that is to be left, 0…1; for estimates of time alone, no part of the key.
  package let density: Double
  /// The rule that may end it.
  private let stop: StopRule
  package let key: StageKey

  package init(
    _ regimen: Regimen, source: Source, masks: StageKey? = nil, moves: MaskMoves? = nil, firstStep: Int = 0,
    steps: Int, learningRateStep: Int? = 0, isMeasured: Bool = true, density: Double = 1
  ) {
    self.regimen = regimen
    self.source = source
    self.masks = masks
    self.moves = moves
    self.firstStep = firstStep
    self.steps = steps
    self.learningRateStep = learningRateStep
    self.isMeasured = isMeasured
    self.density = density
    stop = isMeasured && regimen.stop.scope == .training ? regimen.stop : .never
    let origin: Specification.Value =
      switch source {
      case .fresh(let draw): .integer(draw)
      case .weights(let key): key.value
      }
    let isSparse = masks != nil || moves != nil
    key = StageKey(
      Specification(
        "training", version: 1,
        [
          ("regimen", .component(regimen.specification)), ("source", origin), ("steps", .integer(steps)),
          ("learning-rate-step", learningRateStep.map(Specification.Value.integer) ?? .none),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("moves", moves.map { .component($0.specification) } ?? .none, neutral: .none),
        // A dense training has no weights to run sparse.
        (
          "execution", .text((isSparse ? regimen.execution : .automatic).rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
        ("first-step", .integer(firstStep), neutral: .integer(0)),
        ("evaluation-interval", isMeasured ? .integer(regimen.evaluationInterval) : .none, neutral: .none),
        ("stop", .component(stop.specification), neutral: .component(StopRule.never.specification)),
      ]))
  }

  package var mayEndEarly: Bool { stop.scope == .training }

  package var work: StageWork { StageWork(kind: regimen.timing, steps: steps, density: density) }

  package func flops(_ costs: NetworkCostTable) throws -> Double {
    Double(try costs.costs(of: regimen).flopsPerStep) * Double(steps)
  }

  package var parents: [StageKey] {
    var parents = masks.map { [$0] } ?? []
    if case .weights(let key) = source { parents.append(key) }
    return parents
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    var log = TrainingLog(steps: steps)
    let state: TrainingState
    var masks = try self.masks.map { DynamicMasks(active: try context.masks(of: $0)) } ?? moves?.start
    if let checkpoint = try? context.folder.readCheckpoint(key.hexadecimal) {
      state = try TrainingState(checkpoint)
      log = TrainingLog(checkpoint, steps: steps)
      if let moved = checkpoint[masks: "masks"] {
        masks = DynamicMasks(active: moved, trained: checkpoint[masks: "trained"])
      }
    } else {
      state = try initialState(context)
    }
    let trainer = try Trainer(
      regimen.model, state, masks: masks?.active, trained: masks?.trained, execution: regimen.execution,
      optimizer: regimen.optimizer, loss: regimen.loss, batch: regimen.batchSize, clipping: regimen.clipping,
      seed: regimen.seedBits, firstStep: firstStep, threads: context.threads)
    var meter: Meter?
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: regimen.batchSize,
      seed: regimen.seedBits)
    var watch = Stopwatch()
    var sinceCheckpoint = Stopwatch()
    var reported = state.step
    var stopped: String?
    /// The step from which the masks are those of the result.
    let settled = try moves?.settled(steps, regimen) ?? 0

    /// The masks after this many steps, where they move now.
    func move() throws {
      guard let moves, let old = masks, try moves.isDue(trainer.step, steps, regimen) else { return }
      let new = try moves.masks(
        old, trainer.parameters, trainer.buffers, trainer.step, steps, regimen, context.threads)
      guard new != old else { return }
      try trainer.remask(new.active, trained: new.trained)
      (masks, meter) = (new, nil)
    }
    func measure() throws {
      guard isMeasured, log.evaluations.last?.step != trainer.step else { return }
      let measuring = try meter ?? Meter(regimen, masks: masks?.active, threads: context.threads)
      meter = measuring
      func evaluate(isLast: Bool) throws -> Evaluation {
        // An inactive weight counts as 0, whatever the optimizer makes of it.
        try measuring.evaluation(
          masks?.active.applied(to: trainer.parameters) ?? trainer.parameters, trainer.buffers,
          step: trainer.step, isLast: isLast)
      }
      let isLast = trainer.step == steps || log.divergence != nil
      log.evaluations.append(try evaluate(isLast: isLast))
      // A network that is still pruned is not stopped, nor judged by what it was before.
      let judged = log.evaluations.filter { $0.step >= settled }
      guard !isLast, trainer.step >= settled, let reason = stop.reason(after: judged) else { return }
      stopped = "\(stop.name) after step \(trainer.step): \(reason)"
      log.evaluations[log.evaluations.count - 1] = try evaluate(isLast: true)
    }

    while trainer.step < steps {
      try move()
      if trainer.step % regimen.evaluationInterval == 0 { try measure() }
      if stopped != nil { break }
      let place = firstStep + trainer.step
      try trainer.fillBatch { batches.fill(place, $0, $1) }
      let rate = regimen.learningRate(atStep: learningRateStep.map { $0 + trainer.step })
      let loss = trainer.run(learningRate: rate)
      log.add(
        loss: loss, learningRate: rate, sparsity: moves == nil ? nil : masks?.active.sparsity,
        step: trainer.step)
      if !loss.isFinite {
        log.divergence =
          "the loss of step \(trainer.step) is \(loss)"
          + (trainer.nonFiniteScope().map { "; the first number that is not finite comes from \($0)" } ?? "")
      }
      if trainer.step - reported >= 20 {
        context.progress(trainer.step - reported)
        reported = trainer.step
      }
      // A training that diverged is over; its checkpoint would not know.
      if log.divergence != nil { break }
      let isInterrupted = context.interruption.isRequested
      if isInterrupted || sinceCheckpoint.elapsed >= context.checkpointInterval {
        log.wallTime += watch.lap()
        try context.folder.writeCheckpoint(
          log.checkpoint(key, trainer.state, masks: moves == nil ? nil : masks))
        if isInterrupted { throw Interrupted() }
        sinceCheckpoint = Stopwatch()
      }
    }
    if trainer.step == steps { try move() }
    try measure()
    // The last step may have spoilt what its own loss, taken before it, does not show yet.
    if log.divergence == nil, let loss = log.evaluations.last?[.testLoss], !loss.isFinite {
      log.divergence = "the test loss after step \(trainer.step) is \(loss)"
    }
    context.progress(trainer.step - reported)
    log.wallTime += watch.lap()
    var record = log.record(
      key, step: trainer.step,
      parameters: masks?.active.applied(to: trainer.parameters) ?? trainer.parameters, trainer.buffers)
    if let reason = stopped { record.metadata = JSON.object([("stop", .text(reason))]) }
    if moves != nil, let masks {
      record.masks = [("masks", masks.active)] + (masks.trained.map { [("trained", $0)] } ?? [])
      record.numbers.append(("settled_step", [Double(settled)]))
      let collapsed = masks.active.counted.filter { $0.mask.keptCount == 0 }.map(\.name)
      if log.divergence == nil, !collapsed.isEmpty { record.outcome = .collapsed(collapsed) }
    }
    if isMeasured {
      let costs = try context.costs.costs(of: regimen)
      record.layers = costs.layers(of: regimen, masks?.active, trained: masks?.trained)
      record.numbers.append(("flops", [Double(costs.flops)]))
    }
    record.numbers.append(
      ("training_flops", [try flops(context.costs) / Double(max(1, steps)) * Double(trainer.step)]))
    return record
  }

  private func initialState(_ context: StageContext) throws -> TrainingState {
    switch source {
    case .fresh(let draw):
      return TrainingState(
        parameters: regimen.initialParameters(draw: draw), buffers: regimen.model.initialBuffers)
    case .weights(let parent):
      let record = try context.outputs(of: parent)
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: parent.short)
      }
      return TrainingState(
        parameters: parameters, buffers: record[parameters: "buffers"] ?? regimen.model.initialBuffers)
    }
  }
}

extension TrainingState {
  /// The state a checkpoint holds.
  fileprivate init(_ record: StageRecord) throws {
    guard let parameters = record[parameters: "parameters"], let step = record[numbers: "step"]?.first else {
      throw StageError.missingOutput("state", stage: record.key)
    }
    self.init(
      parameters: parameters, buffers: record[parameters: "buffers"] ?? ParameterSet(),
      moments: record[parameters: "moments"] ?? ParameterSet(), step: Int(step))
  }
}
