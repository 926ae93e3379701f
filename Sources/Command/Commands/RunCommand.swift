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
      Ctrl-C, SIGTERM and SIGHUP end after a checkpoint, and the same command goes on. Where nobody reads what it prints, the run \
      goes on without. A sweep changed by --set or --seeds goes to a folder \
      of its own, EXPERIMENT@HASH or --as NAME.

      \(examples(
        "run \(anExperiment)", "run \(anExperiment) --seeds 5 --set training=5000it --as longer",
        "run \(anExperiment) --set 'optimizer=sgd(momentum: 0.9)'"))
      """)

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions

  @OptionGroup var cores: CoreOptions

  @Flag(help: "Compute everything anew, whatever is stored.")
  var fresh = false

  @Flag(help: "Replace a summary even by one with fewer finished rows.")
  var force = false

  @OptionGroup var format: FormatOptions

  @Flag(help: "No progress, only errors and the report.")
  var quiet = false

  func run() throws {
    let library = data.library(results.folder)
    let plan = try sweep.plan(library)
    try data.report(library)
    for remark in plan.remarks { Terminal.log("note: \(remark)") }
    let options = try options(plan)
    let interruption = Interruption()
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
    var options = Runner.Options()
    let cores = try cores.cores(plan)
    (options.jobs, options.threads) = (cores.jobs, cores.threads)
    options.isFresh = fresh
    options.isForced = force
    if let interval = try Environment.seconds("COPPICE_CHECKPOINT_SECONDS") {
      options.checkpointInterval = interval
    }
    return options
  }

  /// Prints the report and ends with its exit code.
  private func finish(_ report: RunReport, _ plan: SweepPlan, _ library: DataLibrary) throws {
    for orphan in report.orphans {
      Terminal.log("note: \(orphan) in the results folder is not of this sweep and not in its summary")
    }
    for note in report.notes { Terminal.log("note: \(note)") }
    var drawn: (table: Table?, figure: String?) = (nil, nil)
    var problem: (any Error)?
    do { drawn = try RunFigure.write(report, plan) } catch { problem = error }
    if format.json {
      try Terminal.report(RunOutput.json(report, figure: drawn.figure, warnings: library.warnings))
    } else {
      if let table = drawn.table { try Terminal.report(table.text(width: Terminal.tableWidth)) }
      try Terminal.report(RunOutput.summary(report, figure: drawn.figure))
    }
    if report.isInterrupted {
      if let error = report.summaryError { Terminal.log("the summary is as it was: \(error)") }
      if let error = report.checkpointError {
        Terminal.log(
          "interrupted; a checkpoint could not be written, and the same command goes on from the one before")
        throw error
      }
      Terminal.log("interrupted after a checkpoint; the same command goes on from there")
      throw CommandFailure.interrupted
    }
    if let error = report.fileError ?? report.summaryError { throw error }
    if let problem { throw problem }
    if !report.failures.isEmpty { throw CommandFailure.someTrialsFailed }
  }
}
