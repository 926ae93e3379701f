import CoppiceDatasets
import CoppiceNetworks
import CoppiceTerms

extension SweepPlan {
  /// About how long the sweep takes, from a few steps and evaluations of each kind of training run now.
  ///
  /// Sparser networks train faster: each setting is timed dense and at a few of the densities it is trained at, those between
  /// lie on straight lines. A stage cannot begin before those it builds on: no number of jobs makes the sweep shorter than its
  /// longest chain.
  ///
  /// - Parameters:
  ///   - jobs: stages that run side by side.
  ///   - threads: threads that share each kernel.
  ///   - seconds: how long the measurements take, about.
  package func estimatedSeconds(
    jobs: Int, threads: Int = 1, measuringFor seconds: Double = 0.8
  ) throws -> Double {
    var kinds: [Specification: (setting: TrainingSetting, densities: Set<Double>)] = [:]
    for case let training as TrainingStage in stages where training.steps > 0 {
      kinds[training.setting.timing, default: (training.setting, [])].densities.insert(training.density)
    }
    let measurements = kinds.mapValues { ($0.setting, Self.spread($0.densities.sorted())) }
    let share = seconds / Double(max(1, measurements.values.reduce(0) { $0 + $1.1.count }))
    var rates: [Specification: [(density: Double, rates: StageRates)]] = [:]
    for (key, (setting, densities)) in measurements {
      rates[key] = try densities.map {
        ($0, try StageRates(setting, density: $0, threads: threads, seconds: share))
      }
    }
    var (total, longest) = (0.0, 0.0)
    var ends: [StageKey: Double] = [:]
    for stage in stages {
      var duration = 0.0
      if let training = stage as? TrainingStage, let rates = rates[training.setting.timing] {
        duration = Self.between(rates, training.density).seconds(of: training)
      }
      let end = (stage.parents.compactMap { ends[$0] }.max() ?? 0) + duration
      ends[stage.key] = end
      total += duration
      longest = max(longest, end)
    }
    return max(total / Double(max(1, jobs)), longest)
  }

  /// Up to five of some densities: the ends and those that lie about evenly between.
  private static func spread(_ densities: [Double]) -> [Double] {
    guard densities.count > 5 else { return densities }
    return (0..<5).map { densities[$0 * (densities.count - 1) / 4] }
  }

  /// The rates at a density, on the line between the measured ones (ascending) around it.
  private static func between(_ rates: [(density: Double, rates: StageRates)], _ density: Double)
    -> StageRates
  {
    let above = rates.firstIndex { $0.density >= density } ?? rates.count - 1
    let (low, high) = (rates[max(0, above - 1)], rates[above])
    let part = high.density > low.density ? (density - low.density) / (high.density - low.density) : 1
    return StageRates(
      step: low.rates.step + part * (high.rates.step - low.rates.step),
      example: low.rates.example + part * (high.rates.example - low.rates.example))
  }
}

extension TrainingSetting {
  /// What the time of a step depends on beside density.
  var timing: Specification {
    Specification(
      "timing", version: 1,
      [
        ("model", .component(model.model.specification)),
        ("interface", .component(model.interface.specification)), ("data", .component(data.specification)),
        ("optimizer", .component(optimizer.specification)),
        ("clipping", clipping.map(Specification.Value.number) ?? .none), ("batch-size", .integer(batchSize)),
        ("execution", .text(execution.rawValue)),
      ])
  }
}

/// How fast networks of a setting and density train and evaluate.
private struct StageRates {
  /// Seconds of a training step.
  let step: Double
  /// Seconds of the evaluation of one example.
  let example: Double

  init(step: Double, example: Double) { (self.step, self.example) = (step, example) }

  /// Measured now, for about `seconds`, on weights of which random ones are masked.
  init(_ setting: TrainingSetting, density: Double, threads: Int, seconds: Double) throws {
    let (model, data) = (setting.model, setting.data)
    let state = TrainingState(parameters: setting.initialParameters(draw: 0), buffers: model.initialBuffers)
    let masks = model.randomMasks(density: density)
    let trainer = try Trainer(
      model, state, masks: masks, execution: setting.execution, optimizer: setting.optimizer,
      batch: setting.batchSize, clipping: setting.clipping, seed: setting.seedBits, threads: threads)
    var batches = try Batches(
      data.split.training, of: data.dataset, batchSize: setting.batchSize, seed: setting.seedBits)
    var steps = 0
    step = try Self.secondsPerCall(within: seconds / 2) {
      try trainer.fillBatch { batches.fill(steps, $0, $1) }
      _ = trainer.run(learningRate: 1e-6)
      steps += 1
    }
    let size = data.interface.evaluationBatch
    let evaluator = try Evaluator(
      model, batch: size, masks: masks, execution: setting.execution, threads: threads)
    evaluator.load(trainer.parameters, trainer.buffers)
    let test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: size)
    example =
      try Self.secondsPerCall(within: seconds / 2) {
        _ = try evaluator.evaluate(batches: 1) { test.fill($0, $1, $2) }
      } / Double(min(size, max(1, test.exampleCount)))
  }

  /// The seconds of a stage: its steps, the evaluations on the way, and the one at its end that takes the training data too.
  func seconds(of stage: TrainingStage) -> Double {
    guard stage.isMeasured else { return Double(stage.steps) * step }
    let split = stage.setting.data.dataset.sizes
    let evaluations =
      (stage.steps + stage.setting.evaluationInterval - 1) / stage.setting.evaluationInterval + 1
    let examples = evaluations * (split.validation + split.test) + split.training
    return Double(stage.steps) * step + Double(examples) * example
  }

  /// The shortest of the calls that fit into some seconds, of two at least. The first touches all memory for the first time.
  private static func secondsPerCall(within seconds: Double, _ call: () throws -> Void) rethrows -> Double {
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
