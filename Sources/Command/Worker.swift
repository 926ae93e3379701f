import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation
import Synchronization

/// One process at work on a sweep that others work on as well.
struct Worker {
  let plan: SweepPlan
  let results: ResultsFolder
  let library: DataLibrary
  var options: Runner.Options
  let isQuiet: Bool
  private let interruption: Interruption

  /// A process that hears the signals that ask for its end from now on.
  init(
    plan: SweepPlan, results: ResultsFolder, library: DataLibrary, options: Runner.Options,
    interruption: Interruption, isQuiet: Bool
  ) {
    (self.plan, self.results, self.library) = (plan, results, library)
    (self.options, self.interruption, self.isQuiet) = (options, interruption, isQuiet)
    interruption.observeSignals()
  }

  /// Does a part of the plan, and tells how many stages were run.
  func run(_ scope: RunScope) throws -> (report: RunReport, stages: Int) {
    var options = options
    options.scope = scope
    let progress = RunProgress(isQuiet: isQuiet)
    let count = Mutex(0)
    let runner = try Runner(
      plan, results: results, library: library,
      provenance: Provenance(arguments: CommandLine.arguments, jobs: options.jobs, threads: options.threads),
      interruption: interruption, options: options,
      // What hinders curves hinders the table as well, where it is said.
      curves: { rows in try? CurveSet(rows).summaryCurves() },
      observe: { event in
        progress.observe(event)
        if case .ended(_, nil) = event { count.withLock { $0 += 1 } }
      })
    let report = runner.run()
    progress.end()
    return (report, count.withLock { $0 })
  }

  /// Ends with the exit code of what came of the work.
  ///
  /// - Parameter missing: what is to be run still, where trials were put together.
  func check(_ report: RunReport, missing: MissingStages? = nil) throws {
    if let reason = report.interruption {
      if let error = report.checkpointError {
        Terminal.log("interrupted; a checkpoint could not be written, and others go on from the one before")
        throw error
      }
      guard reason != .request else {
        Terminal.log("interrupted after a checkpoint; the same command goes on from there")
        throw CommandFailure.interrupted
      }
      throw CommandFailure(
        "\(reason == .deadline ? "its time is over" : "SIGTERM came"): ended after a checkpoint, from which the same command, or "
          + "launching again, goes on",
        CommandFailure.tryAgain)
    }
    if let error = report.fileError ?? report.summaryError { throw error }
    if let missing, !missing.places.isEmpty, report.count(.pending) > 0 {
      throw CommandFailure(
        "\(report.count(.pending)) of \(plan.trials.count) trials wait for \(missing.places.count) stages that are not there. Run what is "
          + "missing: `\(ProgramName.current) work \(plan.experiment.name) --any`, or launch it again, with the same options",
        CommandFailure.tryAgain)
    }
    // Where trials are put together, each was told.
    for failure in report.failures where missing == nil {
      Terminal.log("failed: \(failure.trial): \(failure.message)")
    }
    if !report.failures.isEmpty { throw CommandFailure.someTrialsFailed }
  }
}
