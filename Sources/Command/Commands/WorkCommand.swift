import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Do a part of an experiment that others work on as well.",
    discussion: """
      What a job of `launch` runs, and what is started by hand on any machine that shares the folder of results. Of several \
      workers one computes a stage: a lease beside it says who, and that of a dead one expires. SIGTERM ends after a checkpoint \
      with exit code 75, Ctrl-C with 130.

      \(examples("work \(anExperiment) --any --jobs 1", "work \(anExperiment) --assemble"))
      """)

  @OptionGroup var sweep: SweepOptions

  @Option(
    parsing: .upToNextOption,
    help: "Stages to run, by their keys or the beginnings of them, and what is missing of what they build on."
  )
  var stages: [String] = []

  @Flag(
    name: .customLong("any"),
    help: "All that is missing, shared with whoever else works there; who is done last puts it together.")
  var isShared = false

  @Flag(help: "Put trials and summary together from the stages that are there.")
  var assemble = false

  @Option(
    help: "End after a checkpoint before so much time is over, as 90s, 30m, 8h or 2d (exit code 75).")
  var deadline: String?

  @OptionGroup var retry: RetryOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions
  @OptionGroup var cores: CoreOptions
  @OptionGroup var format: FormatOptions

  @Flag(help: "No progress, only errors and the report.")
  var quiet = false

  func validate() throws {
    guard [!stages.isEmpty, isShared, assemble].count(where: { $0 }) == 1 else {
      throw ValidationError("work takes one of --stages KEY …, --any and --assemble")
    }
  }

  func run() throws {
    // What is planned is in the time, too.
    let interruption = Interruption(deadline: try deadline.map { try TimeSpan($0, of: "--deadline").seconds })
    let library = data.library(results.folder)
    let plan = try sweep.plan(library)
    try data.report(library)
    if !quiet { for remark in plan.remarks { Terminal.log("note: \(remark)") } }
    try BegunExecutable.check(plan, in: results.folder)
    var options = try cores.runnerOptions(plan)
    options.retriesFailed = retry.retriesFailed
    let worker = Worker(
      plan: plan, results: results.folder, library: library, options: options, interruption: interruption,
      isQuiet: quiet)
    if assemble { return try putTogether(worker) }
    let keys = isShared ? try missing(of: plan).results : try plan.stages(named: stages)
    let (report, count) = try worker.run(.stages(keys))
    guard isShared else {
      try tell("stages", worker, report, stages: count)
      return try worker.check(report)
    }
    guard report.interruption == nil, report.fileError == nil else {
      try tell("any", worker, report, stages: count)
      return try worker.check(report)
    }
    if !quiet { Terminal.log("\(count) stages run here; nothing is left to run") }
    try putTogether(worker)
  }

  private func missing(of plan: SweepPlan) throws -> MissingStages {
    try MissingStages(plan, in: results.folder, retriesFailed: retry.retriesFailed)
  }

  /// Puts trials and summary together, unless somebody else does.
  private func putTogether(_ worker: Worker) throws {
    try SoleLease.hold(.assembly, of: worker.plan.name, in: results.folder) {
      let report = try worker.run(.assembly).report
      let drawn = try RunFigure.write(report, worker.plan)
      if format.json {
        try Terminal.report(RunOutput.json(report, figure: drawn.figure, warnings: worker.library.warnings))
      } else {
        if let table = drawn.table { try Terminal.report(table.text(width: Terminal.tableWidth)) }
        try Terminal.report(RunOutput.summary(report, figure: drawn.figure))
      }
      try worker.check(report, missing: try MissingStages(worker.plan, in: results.folder))
    } orHeld: { holder in
      if format.json {
        try Terminal.report(
          JSON.object([
            ("schema_version", .integer(1)), ("experiment", .text(worker.plan.name)),
            (
              "assembled_by",
              .members([("process", .integer(Int(holder.process))), ("host", .text(holder.host))])
            ),
          ]))
      } else {
        try Terminal.report("\(worker.plan.name) is put together by \(holder.description)")
      }
    }
  }

  /// Prints what came of the work on stages.
  private func tell(_ part: String, _ worker: Worker, _ report: RunReport, stages count: Int) throws {
    guard format.json else {
      return try Terminal.report(
        "\(count) \(count == 1 ? "stage" : "stages") run"
          + (report.failures.isEmpty ? "" : ", \(report.failures.count) failed"))
    }
    try Terminal.report(
      JSON.object([
        ("schema_version", .integer(1)), ("experiment", .text(worker.plan.name)), ("part", .text(part)),
        ("stages", .integer(count)), ("interrupted", .flag(report.isInterrupted)),
        (
          "failures",
          .list(
            report.failures.map { .members([("trial", .text($0.trial)), ("message", .text($0.message))]) })
        ),
      ]))
  }
}
