import CoppiceDatasets
import CoppiceNetworks
import CoppiceTensors

extension SweepPlan {
  /// About how long the sweep takes, from a few steps and evaluations of each kind of training run now, on one thread each.
  ///
  /// - Parameter jobs: stages that run side by side.
  package func estimatedSeconds(jobs: Int) throws -> Double {
    var rates: [Specification: (step: Double, evaluation: Double)] = [:]
    var total = 0.0
    for case let training as TrainingStage in stages {
      // Seeds differ in nothing that takes time.
      var key = training.setting
      key.seed = 0
      let rate = try rates[key.specification] ?? training.setting.measuredRates()
      rates[key.specification] = rate
      let evaluations =
        training.isMeasured ? Double(training.steps / training.setting.evaluationInterval + 2) : 0
      total += Double(training.steps) * rate.step + evaluations * rate.evaluation
    }
    return total / Double(max(1, jobs))
  }
}

extension TrainingSetting {
  /// Seconds of a training step and of an evaluation.
  fileprivate func measuredRates() throws -> (step: Double, evaluation: Double) {
    let state = TrainingState(
      parameters: initialParameters(draw: 0), buffers: model.initialBuffers)
    let trainer = try Trainer(
      model, state, masks: nil, optimizer: optimizer, batch: batchSize, clipping: clipping, seed: seedBits)
    var batches = try Batches(data.split.training, of: data.dataset, batchSize: batchSize, seed: seedBits)
    var watch = Stopwatch()
    var steps = 0
    // The first step touches all memory for the first time, and is not counted.
    while steps < 2 || (watch.elapsed < 0.2 && steps < 200) {
      try trainer.fillBatch { batches.fill(steps, $0, $1) }
      _ = trainer.run(learningRate: 1e-6)
      if steps == 0 { watch = Stopwatch() }
      steps += 1
    }
    let step = watch.elapsed / Double(steps - 1)
    let meter = try Meter(self)
    watch = Stopwatch()
    _ = try meter.evaluation(trainer.parameters, trainer.buffers, step: 0, isLast: false)
    return (step, watch.elapsed)
  }
}
