import CoppiceDatasets
import CoppiceNetworks
import CoppiceTensors

extension TrainingStage {
  package func measuredRates(threads: Int, seconds: Double) throws -> StageRates? {
    try steps == 0 || regimen.isTooLargeToTry
      ? StageRates(countedFor: regimen, density: work.density, threads: threads, seconds: seconds)
      : StageRates(
        regimen, learning, quantisation, density: work.density, threads: threads, seconds: seconds)
  }

  /// Its steps, the evaluations on the way, and the one at its end that takes the training data too.
  package func seconds(at rates: StageRates) -> Double {
    guard isMeasured else { return Double(steps) * rates.step }
    let split = regimen.data.dataset.sizes
    let examples = evaluations * (split.validation + split.test) + split.training
    return Double(steps) * rates.step + Double(examples) * rates.example
  }
}

extension StageRates {
  /// By the operations of a step and an evaluation, at the speed of a product of matrices that is measured now. No weight is made.
  init(countedFor regimen: Regimen, density: Double, threads: Int, seconds: Double) throws {
    let (costs, speed) = (
      try NetworkCosts(regimen), try OperationSpeed.measured(threads: threads, seconds: seconds)
    )
    self.init(
      step: costs.flopsPerStep(regimen.model, density: density) / speed, example: Double(costs.flops) / speed)
  }

  /// Measured now, for about `seconds`, under random masks.
  fileprivate init(
    _ regimen: Regimen, _ learning: MaskLearning?, _ quantisation: StageQuantisation?, density: Double,
    threads: Int, seconds: Double
  ) throws {
    let (model, data) = (regimen.model, regimen.data)
    let network = try learning?.network(regimen) ?? quantisation?.trained(model) ?? model
    let state = TrainingState(
      parameters: network.initialParameters(seed: regimen.seedBits), buffers: network.initialBuffers)
    let masks = model.randomMasks(density: density)
    let trainer = try Trainer(
      network, state, masks: learning == nil ? masks : nil, execution: regimen.execution,
      optimizer: regimen.optimizer,
      batch: regimen.batchSize, clipping: regimen.clipping, seed: regimen.seedBits, threads: threads)
    var batches = try Batches(
      data.split.training, of: data.dataset, batchSize: regimen.batchSize, seed: regimen.seedBits)
    var steps = 0
    let step = try Self.secondsPerCall(within: seconds / 2) {
      try trainer.fillBatch { batches.fill(steps, $0, $1) }
      if let inputs = try learning?.inputs(0, regimen.total, regimen) { trainer.write(inputs) }
      if quantisation != nil { trainer.write(FakeQuantised.inputs(moves: true)) }
      _ = trainer.run(learningRate: 1e-6)
      steps += 1
    }
    let size = data.interface.evaluationBatch
    let evaluator = try Evaluator(
      model, batch: size, masks: masks, execution: regimen.execution, threads: threads)
    evaluator.load(trainer.parameters, trainer.buffers)
    let test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: size)
    let example =
      try Self.secondsPerCall(within: seconds / 2) {
        _ = try evaluator.evaluate(batches: 1) { test.fill($0, $1, $2) }
      } / Double(min(size, max(1, test.exampleCount)))
    self.init(step: step, example: example)
  }

  /// How long the shortest of several calls takes: of as many as fit into some seconds, and of two at least. One call before them
  /// does not count, because it touches all memory for the first time.
  static func secondsPerCall(within seconds: Double, _ call: () throws -> Void) rethrows -> Double {
    let whole = Stopwatch()
    var (least, calls) = (Double.infinity, 0)
    while calls < 3 || whole.elapsed < seconds, calls < 2 || whole.elapsed < 4 * seconds {
      let watch = Stopwatch()
      try call()
      if calls > 0 { least = min(least, watch.elapsed) }
      calls += 1
    }
    return least
  }
}
