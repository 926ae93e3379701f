import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an experiment; what is there already is not run again.",
    discussion: """
      Ctrl-C, SIGTERM, SIGHUP and --deadline end after a checkpoint, and the same command goes on. Where nobody reads what it \
      prints, the run goes on without. Failed trials stop no others. Those that failed by errors of their own are set aside with \
      the reason until --retry failed; after errors of files, the system or memory every run tries again. A sweep changed by --set or --seeds goes to a folder \
      of its own, EXPERIMENT@HASH or --as NAME.

      \(examples(
        "run \(anExperiment)", "run \(anExperiment) --seeds 5 --set training=5000it --as longer",
        "run \(anExperiment) --set 'optimizer=sgd(momentum: 0.9)'",
        "run \(anExperiment) --deadline 8h --retry failed"))
      """)

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions

  @OptionGroup var cores: CoreOptions

  @Option(
    help: "End after a checkpoint before so much time is over, as 90s, 30m, 8h or 2d (exit code 75).")
  var deadline: String?

  @Flag(help: "End after checkpoints as soon as a trial fails (exit code 1).")
  var failFast = false

  @OptionGroup var retry: RetryOptions

  @Flag(help: "Compute everything anew, whatever is stored.")
  var fresh = false

  @Flag(help: "Replace a summary even by one with fewer finished rows.")
  var force = false

  @OptionGroup var format: FormatOptions

  @Flag(help: "No progress, only errors and the report.")
  var quiet = false

  func run() throws {
    // What is planned is in the time, too.
    let interruption = Interruption(deadline: try deadline.map { try TimeSpan($0, of: "--deadline").seconds })
    let library = data.library(results.folder)
    let plan = try sweep.plan(library)
    try data.report(library)
    for remark in plan.remarks { Terminal.log("note: \(remark)") }
    let options = try options(plan)
    interruption.observeSignals()
    let progress = RunProgress(isQuiet: quiet)
    let runner = try Runner(
      plan, results: results.folder, library: library,
      provenance: Provenance(arguments: CommandLine.arguments, jobs: options.jobs, threads: options.threads),
      interruption: interruption, options: options,
      // What hinders curves hinders the table below, where it is said.
      curves: { rows in try? CurveSet(rows).summaryCurves() }, observe: { progress.observe($0) })
    let report = runner.run()
    progress.end()
    try finish(report, plan, library)
  }

  private func options(_ plan: SweepPlan) throws -> Runner.Options {
    var options = try cores.runnerOptions(plan)
    options.isFresh = fresh
    options.isForced = force
    (options.retriesFailed, options.failsFast) = (retry.retriesFailed, failFast)
    return options
  }

  /// Prints the report and ends with its exit code.
  private func finish(_ report: RunReport, _ plan: SweepPlan, _ library: DataLibrary) throws {
    for orphan in report.orphans {
      Terminal.log("note: \(orphan) in the results folder is not of this sweep and not in its summary")
    }
    for note in report.notes { Terminal.log("note: \(note)") }
    let new = report.setAside.count - report.failedBefore.count
    if new > 0 {
      Terminal.log(
        "note: \(RunOutput.trials(new)) that failed \(new == 1 ? "is" : "are") set aside; "
          + "--retry failed runs \(new == 1 ? "it" : "them") again")
    }
    var drawn: (table: Table?, figure: String?) = (nil, nil)
    var problem: (any Error)?
    do { drawn = try RunFigure.write(report, plan) } catch { problem = error }
    if format.json {
      try Terminal.report(RunOutput.json(report, figure: drawn.figure, warnings: library.warnings))
    } else {
      if let table = drawn.table { try Terminal.report(table.text(width: Terminal.tableWidth)) }
      try Terminal.report(RunOutput.summary(report, figure: drawn.figure))
    }
    if let reason = report.interruption { throw end(report, because: reason) }
    if let error = report.fileError ?? report.summaryError { throw error }
    if let problem { throw problem }
    if !report.failures.isEmpty || !report.failedBefore.isEmpty { throw CommandFailure.someTrialsFailed }
  }

  /// Says why the run ended before all was done, and gives what the program ends with.
  private func end(_ report: RunReport, because reason: Interruption.Reason) -> any Error {
    if let error = report.summaryError { Terminal.log("the summary is as it was: \(error)") }
    let (what, error): (String, any Error) =
      switch reason {
      case .request, .termination: ("interrupted", CommandFailure.interrupted)
      case .deadline: ("ended by its deadline", ExitCode(CommandFailure.tryAgain.rawValue))
      case .failure:
        (
          "ended because a trial failed, with \(RunOutput.trials(report.count(.pending))) not run",
          report.fileError ?? CommandFailure.someTrialsFailed
        )
      }
    if let error = report.checkpointError {
      Terminal.log(
        "\(what); a checkpoint could not be written, and the same command goes on from the one before")
      return error
    }
    Terminal.log(
      reason == .failure
        ? "\(what); the same command goes on with the others"
        : "\(what) after a checkpoint; the same command goes on from there")
    return error
  }
}
