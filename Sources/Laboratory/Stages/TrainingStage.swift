import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Trains a network for some steps, dense or under masks, from fresh weights or from another stage's, and measures it. With
/// no steps it measures only.
package struct TrainingStage: Stage {
  /// Where the weights come from.
  package enum Source: Sendable {
    /// Drawn afresh, see `Regimen.initialParameters`.
    case fresh(draw: Int)
    /// The weights another stage left.
    case weights(of: StageKey)
  }

  package let regimen: Regimen
  package let source: Source
  /// The stage whose masks hold; `nil` for a dense training.
  package let masks: StageKey?
  /// The step of the dense training whose batch, dropout and augmentation the first step has.
  package let firstStep: Int
  /// Steps it makes.
  package let steps: Int
  /// The step of the dense training whose learning rate the first step has; `nil` for its last rate throughout.
  package let learningRateStep: Int?
  /// Whether the network is measured; the first steps of a dense training, made only to be rewound to, are not.
  package let isMeasured: Bool
  /// The fraction of prunable weights that is to be left, 0…1; for estimates of time alone, no part of the key.
  package let density: Double
  package let key: StageKey

  package init(
    _ regimen: Regimen, source: Source, masks: StageKey? = nil, firstStep: Int = 0, steps: Int,
    learningRateStep: Int? = 0, isMeasured: Bool = true, density: Double = 1
  ) {
    self.regimen = regimen
    self.source = source
    self.masks = masks
    self.firstStep = firstStep
    self.steps = steps
    self.learningRateStep = learningRateStep
    self.isMeasured = isMeasured
    self.density = density
    let origin: Specification.Value =
      switch source {
      case .fresh(let draw): .integer(draw)
      case .weights(let key): key.value
      }
    key = StageKey(
      Specification(
        "training", version: 1,
        [
          ("regimen", .component(regimen.specification)), ("source", origin), ("steps", .integer(steps)),
          ("learning-rate-step", learningRateStep.map(Specification.Value.integer) ?? .none),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        // A dense training has no weights to run sparse.
        (
          "execution", .text((masks == nil ? .automatic : regimen.execution).rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
        ("first-step", .integer(firstStep), neutral: .integer(0)),
        ("evaluation-interval", isMeasured ? .integer(regimen.evaluationInterval) : .none, neutral: .none),
      ]))
  }

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
    if let checkpoint = try? context.folder.readCheckpoint(key.hexadecimal) {
      state = try TrainingState(checkpoint)
      log = TrainingLog(checkpoint, steps: steps)
    } else {
      state = try initialState(context)
    }
    let masks = try masks.map { try context.masks(of: $0) }
    let trainer = try Trainer(
      regimen.model, state, masks: masks, execution: regimen.execution, optimizer: regimen.optimizer,
      batch: regimen.batchSize, clipping: regimen.clipping, seed: regimen.seedBits, firstStep: firstStep,
      threads: context.threads)
    let meter = isMeasured ? try Meter(regimen, masks: masks, threads: context.threads) : nil
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: regimen.batchSize,
      seed: regimen.seedBits)
    var watch = Stopwatch()
    var sinceCheckpoint = Stopwatch()
    var reported = state.step

    func record(isCheckpoint: Bool) -> StageRecord {
      log.wallTime += watch.lap()
      return log.record(key, trainer.state, isCheckpoint: isCheckpoint)
    }
    func measure() throws {
      guard let meter, log.evaluations.last?.step != trainer.step else { return }
      let isLast = trainer.step == steps || log.divergence != nil
      log.evaluations.append(
        try meter.evaluation(trainer.parameters, trainer.buffers, step: trainer.step, isLast: isLast))
    }

    while trainer.step < steps {
      if trainer.step % regimen.evaluationInterval == 0 { try measure() }
      let place = firstStep + trainer.step
      try trainer.fillBatch { batches.fill(place, $0, $1) }
      let rate = regimen.learningRate(atStep: learningRateStep.map { $0 + trainer.step })
      let loss = trainer.run(learningRate: rate)
      log.add(loss: loss, learningRate: rate, step: trainer.step)
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
        try context.folder.writeCheckpoint(record(isCheckpoint: true))
        if isInterrupted { throw Interrupted() }
        sinceCheckpoint = Stopwatch()
      }
    }
    try measure()
    // The last step may have spoilt what its own loss, taken before it, does not show yet.
    if log.divergence == nil, let loss = log.evaluations.last?.testLoss, !loss.isFinite {
      log.divergence = "the test loss after step \(trainer.step) is \(loss)"
    }
    context.progress(trainer.step - reported)
    return record(isCheckpoint: false)
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
