import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import Foundation

/// What a sweep costs beside its arithmetic: planning, tracing, keys, stage and trial files, journal and summary.
///
/// Measured on the smallest of sweeps: a perceptron of 228 prunable weights, trained for a hundred steps, pruned and trained
/// again for as many. Half of the trials are the dense baselines, which share their training with the other half.
package struct SweepOverhead: Sendable {
  /// Trials that were run, baselines among them.
  package let trials: Int
  /// Stages that ran side by side.
  package let jobs: Int
  /// Seconds from the specification to the finished summary.
  package let elapsed: Double
  /// Seconds of these it took to plan the sweep.
  package let planning: Double
  /// Seconds the trainings took for steps and evaluations, as they measured themselves, all together.
  package let training: Double

  /// Seconds a trial beyond the trainings: (elapsed − training / jobs) / trials.
  package var secondsPerTrial: Double { (elapsed - training / Double(jobs)) / Double(max(1, trials)) }

  /// Runs the sweep in a temporary folder, which is removed, and measures it.
  ///
  /// - Parameters:
  ///   - trials: how many trials; the next even number of them is run.
  ///   - jobs: stages that run side by side; no more than half of the trials, as many as can.
  /// - Throws: `StoreError` where the temporary folder cannot be written.
  package static func measure(trials: Int, jobs: Int) throws -> SweepOverhead {
    let folder = FileManager.default.temporaryDirectory.path + "/coppice-overhead-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var teacher = Teacher()
    (teacher.features, teacher.hidden, teacher.classes) = (16, 8, 3)
    (teacher.training, teacher.validation, teacher.test) = (200, 40, 60)
    let source = DatasetSource.teacher(teacher)
    let experiment = Experiment(
      "overhead", question: "What does a sweep cost beside its arithmetic?",
      base: Trial(
        model: .mlp([12]), dataset: source, batchSize: 20, training: .iterations(100),
        evaluation: .iterations(50), sparsity: 0.5)
    ) {
      Axis(\.seed, 0..<max(1, (trials + 1) / 2))
    }
    let library = DataLibrary(DataFolders([]))
    _ = try library.data(source, seed: 0)
    var options = Runner.Options()
    options.jobs = max(1, min(jobs, (trials + 1) / 2))
    let provenance = Provenance(arguments: ["overhead"], jobs: options.jobs, threads: options.threads)

    let watch = Stopwatch()
    let plan = try SweepPlan(experiment, library: library)
    let planning = watch.elapsed
    let report = try Runner(
      plan, results: ResultsFolder(folder), library: library, provenance: provenance, options: options
    ).run()
    let elapsed = watch.elapsed
    if let error = report.fileError ?? report.summaryError { throw error }
    // The dense training of a pruned trial, its round 0, is that of its baseline.
    let training = report.rows.filter { $0.isFinal }.reduce(0) { $0 + $1[metric: .wallTime] }
    return SweepOverhead(
      trials: plan.trials.count, jobs: options.jobs, elapsed: elapsed, planning: planning, training: training)
  }
}
