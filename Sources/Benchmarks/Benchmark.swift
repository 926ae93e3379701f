import CoppiceLaboratory
import CoppiceNetworks

/// How fast this machine is at what sweeps are made of: kernels, training steps, inference, sparse networks, pruning, and the
/// running of a sweep itself.
package struct Benchmark: Sendable {
  /// What can be measured alone.
  package enum Part: String, CaseIterable, Sendable {
    /// The costliest kernels of each model's training step, on its shapes.
    case kernels
    /// Whole training steps, and those of a network late in its training beside those of a fresh one.
    case training
    /// Batches through the network: at the batch of evaluations, 1 and 64; of a model of published size at 1 and 8, with the memory.
    case inference
    /// Training and inference over the density of the weights.
    case sparse
    /// A compacted network of half the work beside the whole one.
    case compacted
    /// A network whose products are those of integers beside the same one in floats, dense and sparse.
    case integer
    /// What it takes to trace, plan and group a model.
    case planning
    /// Prunings by criteria that ask for much, and scoring on one thread and on two.
    case criteria
    /// Trainings whose masks move, and what moving them costs.
    case dynamics
    /// What a trial of a sweep costs beside its training.
    case sweep
  }

  /// Threads that share each kernel.
  package let threads: Int
  /// The fraction of prunable weights that survive in `training` and `inference`, 0…1; dense at 1.
  package let density: Double
  /// Seconds of each of the five runs of a figure.
  package let seconds: Double

  /// The densities of a sparse curve.
  package static let densities = [1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]
  /// The models that have one: a perceptron, two convolutional networks, a transformer.
  package static let sparseModels = ["lenet-300-100", "lenet-5", "conv-2", "encoder"]
  /// The batches of a sparse curve's inference, and of every model's beside its own.
  static let inferenceBatches = [1, 64]
  /// The batches of a model of published size.
  static let publishedBatches = [1, 8]

  package init(threads: Int, density: Double = 1, seconds: Double) {
    (self.threads, self.density, self.seconds) = (threads, density, seconds)
  }

  /// Measures some parts of some models. The sweep is the same whatever the models.
  ///
  /// - Parameter willMeasure: told of each figure before it is taken.
  package func run(
    _ parts: [Part], _ models: [BenchmarkModel], willMeasure: (String) -> Void = { _ in }
  ) throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    for subject in models {
      if parts.contains(.kernels), !subject.isPublished {
        willMeasure("\(subject.name): kernels")
        rows += try KernelBenchmark(threads: threads, seconds: seconds).run(subject)
      }
      let points = points(of: subject, parts)
      if !points.isEmpty {
        let benchmark = try ModelBenchmark(subject, threads: threads, seconds: seconds)
        for point in points {
          willMeasure("\(subject.name): \(point.work) of \(point.batch) at density \(point.density)")
          rows += try benchmark.rows(of: point)
        }
      }
      if parts.contains(.compacted),
        let benchmark = try CompactedBenchmark(subject, threads: threads, seconds: seconds)
      {
        willMeasure("\(subject.name): a compacted network beside the whole one")
        rows += try benchmark.rows()
      }
      if parts.contains(.integer), !subject.isPublished {
        willMeasure("\(subject.name): integers beside floats")
        rows += try IntegerBenchmark(subject, threads: threads, seconds: seconds).rows()
      }
      if parts.contains(.planning) {
        willMeasure("\(subject.name): planning")
        rows += try PlanningBenchmark(subject, threads: threads).rows()
      }
      if parts.contains(.dynamics), !subject.isPublished,
        let benchmark = DynamicsBenchmark(subject, threads: threads, seconds: seconds)
      {
        willMeasure("\(subject.name): trainings whose masks move")
        rows += try benchmark.rows()
      }
      if parts.contains(.training), subject.name == LateNetwork.subject.name {
        willMeasure("\(subject.name): training of a network that is trained and pruned")
        rows += try LateNetwork(threads: threads).rows(seconds: seconds)
      }
      if parts.contains(.criteria) {
        rows += try CriteriaBenchmark(threads: threads, seconds: seconds).run(
          subject, willMeasure: willMeasure)
      }
    }
    if parts.contains(.sweep) {
      willMeasure("a sweep of small trials")
      for trials in [10, 100, 1_000] { rows.append(try sweep(of: trials)) }
    }
    return rows
  }

  /// Seconds a trial beside its training in sweeps of small trials, as many stages at once as there are threads: five sweeps,
  /// or one where there are many trials.
  private func sweep(of trials: Int) throws -> BenchmarkRow {
    let overheads = try (0..<(trials > 100 ? 1 : Rates.runs)).map { _ in
      try SweepOverhead.measure(trials: trials, jobs: threads)
    }
    return BenchmarkRow(
      key: .init(benchmark: "sweep-\(trials)", model: "mlp", batch: nil, threads: threads, density: nil),
      rates: Rates(overheads.map(\.secondsPerTrial)), unit: "s/trial")
  }

  /// The steps to be measured, each once even where two parts ask for it.
  package func points(of subject: BenchmarkModel, _ parts: [Part]) -> [ModelBenchmark.Point] {
    var points: [ModelBenchmark.Point] = []
    func add(_ work: ModelBenchmark.Point.Work, _ batch: Int, _ density: Double) {
      let point = ModelBenchmark.Point(work: work, batch: batch, density: density)
      if !points.contains(point) { points.append(point) }
    }
    if subject.isPublished {
      if parts.contains(.inference) { for batch in Self.publishedBatches { add(.inference, batch, density) } }
      return points
    }
    if parts.contains(.training) { add(.training, subject.batch, density) }
    if parts.contains(.inference) {
      for batch in [subject.interface.evaluationBatch] + Self.inferenceBatches {
        add(.inference, batch, density)
      }
    }
    if parts.contains(.sparse), Self.sparseModels.contains(subject.name) {
      for density in Self.densities { add(.training, subject.batch, density) }
      for batch in Self.inferenceBatches {
        for density in Self.densities { add(.inference, batch, density) }
      }
    }
    return points
  }
}
