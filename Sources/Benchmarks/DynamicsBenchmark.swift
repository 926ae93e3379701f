import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Whole trainings whose masks move, as a sweep makes them: batches, steps, gradients of the dynamics and new masks, without evaluations.
struct DynamicsBenchmark {
  /// The sparsity that all of them lead to.
  static let sparsity = 0.95
  /// Steps from one move to the next.
  static let interval = 100
  /// The models that are measured, with the steps of their trainings.
  static let courses = [("lenet-300-100", 5_000), ("conv-2", 500)]
  /// What they are compared with.
  static let dense = "dense-course"

  let subject: BenchmarkModel
  let threads: Int
  let seconds: Double
  private let steps: Int

  /// A benchmark of a model; `nil` where it is not measured.
  init?(_ subject: BenchmarkModel, threads: Int, seconds: Double) {
    guard let course = Self.courses.first(where: { $0.0 == subject.name }) else { return nil }
    (self.subject, self.threads, self.seconds, steps) = (subject, threads, seconds, course.1)
  }

  /// The dynamics by the names of their rows.
  static let dynamics: [(name: String, dynamics: Dynamics)] = [
    (dense, .none), ("set-course", .set(every: .iterations(interval), to: .share(1))),
    ("rigl-course", .rigl(every: .iterations(interval), to: .share(1))),
    ("gradual-course", .gradual(to: .share(0.5), every: .iterations(interval))),
  ]

  /// Steps a second of whole trainings, and updates a second: what a training with one in every step takes longer than one without.
  func rows() throws -> [BenchmarkRow] {
    let courses = try Self.dynamics.map { name, dynamics in
      let rates = try rates(dynamics, steps: steps).scaled(by: Double(steps))
      return row(name, rates, density: dynamics == .none ? 1 : 1 - Self.sparsity, "steps/s")
    }
    // Where a step takes long, what an update takes is lost in its spread.
    guard steps > 500 else { return courses }
    let still = try rates(.set(every: .iterations(1), to: .iterations(2)), steps: Self.interval)
    let updates = try [
      ("set-update", Dynamics.set(every: .iterations(1), to: .share(1))),
      ("rigl-update", .rigl(drop: .constant(0.3), every: .iterations(1), to: .share(1))),
    ].map { name, dynamics in
      let moving = try rates(dynamics, steps: Self.interval)
      let more = [
        1 / moving.median - 1 / still.median, 1 / moving.low - 1 / still.median,
        1 / moving.high - 1 / still.median,
      ]
      return row(
        name, Rates(more.map { Double(Self.interval) / max($0, 1e-9) }), density: 1 - Self.sparsity,
        "updates/s")
    }
    return courses + updates
  }

  private func row(_ name: String, _ rates: Rates, density: Double, _ unit: String) -> BenchmarkRow {
    BenchmarkRow(
      key: .init(
        benchmark: name, model: subject.name, batch: subject.batch, threads: threads, density: density),
      rates: rates, unit: unit)
  }

  /// Trainings a second.
  private func rates(_ dynamics: Dynamics, steps: Int) throws -> Rates {
    let isDense = dynamics == .none
    let trial = Trial(
      model: subject.model, dataset: DatasetSource(Noise(subject)), optimizer: subject.optimizer,
      learningRate: .constant(1e-3), batchSize: subject.batch, training: .iterations(steps),
      criterion: dynamics.regrows ? .random : .magnitude,
      allocation: dynamics.regrows ? .erdosRenyiKernel : .global, schedule: isDense ? .oneShot : .none,
      sparsity: isDense ? 0 : Self.sparsity, retraining: .none, scoringBatch: subject.batch,
      dynamics: dynamics)
    let plan = try TrialPlan(trial, DataLibrary(DataFolders([])))
    let context = StageContext(
      folder: StageFolder("no-folder"), checkpointInterval: .infinity, threads: threads)
    return try Rates(seconds: seconds) {
      for case let stage as TrainingStage in plan.stages {
        _ = try TrainingStage(
          stage.regimen, source: stage.source, moves: stage.moves, steps: stage.steps, isMeasured: false
        ).run(context)
      }
    }
  }
}

extension BenchmarkRow.Key {
  /// The benchmark whose dense row this one is compared with.
  package var baseline: String {
    DynamicsBenchmark.dynamics.contains { $0.name == benchmark } ? DynamicsBenchmark.dense : benchmark
  }
}

/// Examples of normal numbers with any labels, in the shape that a model takes.
private struct Noise: DatasetDefinition {
  private let subject: BenchmarkModel

  init(_ subject: BenchmarkModel) { self.subject = subject }

  var specification: Specification { Specification("noise", version: 1, [("model", .text(subject.name))]) }
  var summary: String { "for benchmarks" }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard case .images(let shape, let classes) = subject.interface, shape.rank == 3 else {
      throw .batchSize(subject.batch, available: 0)
    }
    func examples(_ count: Int, _ seed: UInt64) -> Examples {
      var random = RandomStream(seed: seed, stream: .generation)
      var values = [Float](repeating: 0, count: count * shape.count)
      values.withUnsafeMutableBufferPointer { random.fillNormal($0) }
      return Examples(
        values: values, labels: (0..<count).map { _ in Int32(random.integer(below: UInt32(classes))) })
    }
    return try Dataset(
      name: "noise", task: .imageClassification(channels: shape[0], height: shape[1], width: shape[2]),
      training: examples(1_200, 1), test: examples(1, 2), classNames: (0..<classes).map { "\($0)" },
      validationCount: 0, record: DataRecord(dataset: "noise", version: 1))
  }
}
