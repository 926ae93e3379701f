import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks

/// Where the time of a model's training step goes, by primitive; of a model of published size, the time of its inference.
package struct StepProfile: Sendable {
  /// All calls of one primitive in a step.
  package struct Line: Sendable {
    /// `matrix-product`.
    package let primitive: String
    package let calls: Int
    /// Seconds of all of its calls.
    package let seconds: Double
    /// Floating-point operations of all of its calls; 0 for what only moves numbers.
    package let flops: Int
    /// The parts of the model that its time goes to, costliest first.
    package let scopes: [(path: String, seconds: Double)]
  }

  package let model: String
  /// The number of trained scalars, pruned or not.
  package let parameters: Int
  package let batch: Int
  /// The fraction of prunable weights that survive, 0…1.
  package let density: Double
  /// How many steps were profiled.
  package let steps: Int
  /// Costliest first.
  package let lines: [Line]

  /// Seconds of all calls together.
  package var seconds: Double { lines.reduce(0) { $0 + $1.seconds } }

  /// Profiles steps on one thread for `seconds`, and five at least. The time of a call is the median over the steps.
  package init(_ subject: BenchmarkModel, density: Double, seconds: Double) throws {
    let traced = try Network(subject.model, subject.interface)
    (model, batch, self.density) = (subject.name, subject.batch, density)
    parameters = traced.declarations.reduce(0) { $0 + $1.shape.count }
    let found =
      try subject.isPublished
      ? Self.inference(subject, traced, seconds) : Self.training(subject, traced, density, seconds)
    steps = found.runs
    lines = Self.lines(found.calls)
  }

  /// Profiles the evaluation of a batch.
  private static func inference(
    _ subject: BenchmarkModel, _ traced: Network, _ seconds: Double
  ) throws -> ExecutionProfile {
    let evaluator = try Evaluator(traced, batch: subject.batch)
    evaluator.loadInitialParameters(of: traced)
    try evaluator.fillBatch(subject.fill)
    return evaluator.profile(for: seconds)
  }

  /// Profiles a training step.
  private static func training(
    _ subject: BenchmarkModel, _ traced: Network, _ density: Double, _ seconds: Double
  ) throws -> ExecutionProfile {
    let trainer = try Trainer(
      traced,
      TrainingState(parameters: traced.initialParameters(seed: 0), buffers: traced.initialBuffers),
      masks: traced.randomMasks(density: density), optimizer: subject.optimizer, batch: subject.batch,
      seed: 0)
    try trainer.fillBatch(subject.fill)
    return trainer.profile(for: seconds)
  }

  private static func lines(_ calls: [ExecutionProfile.Call]) -> [Line] {
    Dictionary(grouping: calls, by: \.primitive).map { name, calls in
      let scopes = Dictionary(grouping: calls, by: \.scope).map { path, calls in
        (path: path, seconds: calls.reduce(0) { $0 + $1.seconds })
      }
      return Line(
        primitive: name, calls: calls.count, seconds: calls.reduce(0) { $0 + $1.seconds },
        flops: calls.reduce(0) { $0 + $1.flops },
        scopes: scopes.sorted { ($1.seconds, $0.path) < ($0.seconds, $1.path) })
    }.sorted { ($1.seconds, $0.primitive) < ($0.seconds, $1.primitive) }
  }
}

extension Evaluator {
  /// Where the time of an evaluation goes.
  func profile(for seconds: Double) -> ExecutionProfile {
    ExecutionProfile(seconds: seconds, profile: { profile() }, run: { run() })
  }
}

extension Trainer {
  /// Where the time of a training step goes.
  func profile(for seconds: Double) -> ExecutionProfile {
    ExecutionProfile(seconds: seconds, profile: { profile() }, run: { _ = run(learningRate: 1e-3) })
  }
}
