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
      Ctrl-C ends after a checkpoint, and the same command goes on. A sweep changed by --set or --seeds goes to a folder
      of its own, EXPERIMENT@HASH or --as NAME.
      """)

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var folders: FolderOptions

  @Option(help: "Stages that run side by side (or COPPICE_JOBS; else as many as there are cores).")
  var jobs: Int?

  @Option(help: "Threads that share each kernel (or COPPICE_THREADS; else 1). Results do not depend on it.")
  var threads: Int?

  @Flag(help: "Compute everything anew, whatever is stored.")
  var fresh = false

  @Flag(help: "Replace a summary even by one with fewer finished rows.")
  var force = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "No progress, only errors and the report.")
  var quiet = false

  func run() throws {
    let library = DataLibrary(folders.dataFolders)
    let plan = try sweep.plan(library)
    var options = Runner.Options()
    options.jobs = try count(jobs, "COPPICE_JOBS", "--jobs") ?? ProcessInfo.processInfo.activeProcessorCount
    options.threads = try count(threads, "COPPICE_THREADS", "--threads") ?? 1
    options.isFresh = fresh
    options.isForced = force
    if let text = ProcessInfo.processInfo.environment["COPPICE_CHECKPOINT_SECONDS"] {
      guard let interval = Double(text), interval >= 0 else {
        throw CommandError("COPPICE_CHECKPOINT_SECONDS is \"\(text)\", not a number of seconds", CommandFailure.usage)
      }
      options.checkpointInterval = interval
    }
    let interruption = Interruption()
    let signals = interruption.observeSignals()
    defer { withExtendedLifetime(signals) {} }
    let progress = RunProgress(isQuiet: quiet)
    let runner = try Runner(
      plan, results: folders.resultsFolder, library: library,
      provenance: Provenance(
        arguments: CommandLine.arguments, jobs: options.jobs, threads: options.threads),
      interruption: interruption, options: options,
      curves: { rows in try? CurveSet(rows).summaryCurves() }, observe: { progress.observe($0) })
    let report = try runner.run()
    progress.end()
    try finish(report, plan)
  }

  private func finish(_ report: RunReport, _ plan: SweepPlan) throws {
    for orphan in report.orphans {
      Terminal.log("note: \(orphan) in the results folder is not of this sweep and not in its summary")
    }
    let figure = try drawFigure(report, plan)
    if json {
      Terminal.data(RunOutput.json(report, figure: figure))
    } else {
      if !report.rows.isEmpty, let table = try? CurveSet(report.rows).table() {
        Terminal.data(table.text(width: Terminal.width))
      }
      Terminal.data("\n" + RunOutput.summary(report, figure: figure))
    }
    for failure in report.failures { Terminal.log("failed: \(failure.trial): \(failure.message)") }
    if report.isInterrupted {
      Terminal.log("interrupted after a checkpoint; the same command goes on from there")
      throw CommandFailure.interrupted
    }
    if !report.failures.isEmpty { throw CommandFailure.someTrialsFailed }
  }

  /// The figure beside the summary; none while there is nothing to draw.
  private func drawFigure(_ report: RunReport, _ plan: SweepPlan) throws -> String? {
    let command = "coppice plot \(report.summary)"
    guard let figure = try? CurveSet(report.rows).figure(title: plan.experiment.question, command: command)
    else { return nil }
    let path = (report.summary as NSString).deletingLastPathComponent + "/accuracy.svg"
    try Data(figure.svg.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }

  private func count(_ flag: Int?, _ variable: String, _ name: String) throws -> Int? {
    let text = ProcessInfo.processInfo.environment[variable]
    guard let count = flag ?? text.map({ Int($0) ?? 0 }) else { return nil }
    guard (1...1024).contains(count) else {
      throw CommandError(
        "\(flag == nil ? variable : name) must be a number from 1 to 1024", CommandFailure.usage)
    }
    return count
  }
}
