import ArgumentParser
import Coppice
import CoppiceReporting
import Foundation

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a run would do and cost, without running it.",
    discussion: """
      How long it takes is told by the stages that earlier runs timed, and by steps timed just now where there are none. \
      --simulate tells it for other numbers of hosts, or of stages side by side on one host.

      \(examples(
        "plan \(anExperiment)", "plan \(anExperiment) --set training=5000it --list",
        "plan \(anExperiment) --simulate hosts=1,10,100,1000 --jobs 8 --cores 8"))
      """)

  @OptionGroup var sweep: SweepOptions

  @Flag(help: "List every trial with its rounds.")
  var list = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions
  @OptionGroup var format: FormatOptions

  @OptionGroup var cores: CoreOptions
  @OptionGroup var simulation: SimulationOptions

  func run() throws {
    let library = data.library(results.folder)
    let plan = try sweep.plan(library)
    try data.report(library)
    for remark in plan.remarks { Terminal.log("note: \(remark)") }
    let cores = try cores.cores(plan)
    let cost = try plan.cost()
    let history = StageHistory(of: plan.name, in: results.folder, threads: cores.threads)
    let times = try StageTimes(plan.stages, recorded: history, threads: cores.threads)
    let seconds = plan.estimatedSeconds(times, jobs: cores.jobs)
    let simulated = try simulation.report(plan, times, history, cores, jobs: self.cores.jobs)
    if format.json {
      return try Terminal.data(json(plan, cost, cores, seconds, times.source, simulated, library.warnings))
    }
    try Terminal.data(plan.experiment.question)
    if list {
      for trial in plan.trials {
        let rounds = trial.rounds.map { "\($0.index)" }.joined(separator: ",")
        try Terminal.data("  \(trial.name)  rounds \(rounds)")
      }
    }
    let axes = plan.axes
    let width = axes.map(\.setting.count).max() ?? 0
    for axis in axes {
      let name = axis.setting.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      try Terminal.data("  \(name)\(Self.shortened(axis.values))")
    }
    try Terminal.data(
      """
      \(plan.trials.count) trials, \(cost.trainings) trainings of \(cost.steps) steps in all \
      (without sharing \(cost.trainingsUnshared) of \(cost.stepsUnshared))\(list ? "" : "; --list names the trials")\
      \(Self.scoring(cost))
      \(NumberText.fixed(cost.flops / 1e12, decimals: 2)) TFLOPs of training
      about \(ProgressLine.duration(seconds) ?? "?") with \(cores.jobs) \(cores.jobs == 1 ? "job" : "jobs") \
      of \(cores.threads) \(cores.threads == 1 ? "thread" : "threads"), \
      by \(Self.origin(times.source, plan))
      up to \(NumberText.fixed(Double(cost.bytes) / 1e6, decimals: 1)) MB of trial files in \
      \(results.folder.path)/\(plan.name)
      """)
    if let warning = Self.warning(plan) { try Terminal.data(warning) }
    if let simulated { try Terminal.data(simulated.text(width: Terminal.tableWidth)) }
  }

  /// Where the time that is told comes from.
  private static func origin(_ source: StageTimes.Source, _ plan: SweepPlan) -> String {
    let now = plan.trials.contains { $0.regimen.isTooLargeToTry } ? "operations counted" : "steps timed"
    return switch source {
    case .measured: "\(now) just now"
    case .recorded: "stages timed before"
    case .both: "stages timed before and \(now) just now"
    }
  }

  /// How often evidence and time are measured and networks are scored, in a line of its own; nothing where nobody asks for it.
  private static func scoring(_ cost: SweepPlan.Cost) -> String {
    func part(_ made: Int, _ unshared: Int, _ one: String, _ many: String) -> String? {
      made == 0 ? nil : "\(made) \(made == 1 ? one : many) (without sharing \(unshared))"
    }
    let parts = [
      part(
        cost.measurements, cost.measurementsUnshared, "measurement of evidence", "measurements of evidence"),
      part(
        cost.scorings, cost.scoringsUnshared, "scoring whose scores are kept",
        "scorings whose scores are kept"),
      part(
        cost.timings, cost.timingsUnshared, "measurement of time that runs alone",
        "measurements of time that run alone"),
    ].compactMap { $0 }
    return parts.isEmpty ? "" : "\n" + parts.joined(separator: ", ")
  }

  /// The values of an axis in a line.
  private static func shortened(_ values: [String]) -> String {
    guard values.count > 8 else { return values.joined(separator: ", ") }
    return (values.prefix(6) + ["…", values[values.count - 1]]).joined(separator: ", ") + " (\(values.count))"
  }

  /// What is run again with every build of the program; `nil` where nothing is.
  private static func warning(_ plan: SweepPlan) -> String? {
    let unversioned = plan.unversioned
    guard !unversioned.isEmpty else { return nil }
    let names = unversioned.map { "\($0.setting) \($0.component) (\(trials($0.trials)))" }
    return """
      \(trials(plan.unversionedTrials)) of \(plan.trials.count) run again whenever this program is built anew, since a component \
      has no version: \(names.joined(separator: ", ")). Give it one, version: 1, when it is done, and raise it with every change \
      of its results
      """
  }

  private static func trials(_ count: Int) -> String { count == 1 ? "1 trial" : "\(count) trials" }

  private func json(
    _ plan: SweepPlan, _ cost: SweepPlan.Cost, _ cores: Cores, _ seconds: Double,
    _ source: StageTimes.Source, _ simulated: SimulationReport?, _ warnings: [String]
  ) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("experiment", .text(plan.experiment.name)),
      ("results", .text(plan.name)), ("trials", .list(plan.trials.map { .text($0.name) })),
      ("axes", .members(plan.axes.map { ($0.setting, .list($0.values.map(JSON.text))) })),
      ("trainings", .integer(cost.trainings)), ("trainings_unshared", .integer(cost.trainingsUnshared)),
      ("steps", .integer(cost.steps)), ("steps_unshared", .integer(cost.stepsUnshared)),
      ("measurements", .integer(cost.measurements)),
      ("measurements_unshared", .integer(cost.measurementsUnshared)),
      ("scorings", .integer(cost.scorings)), ("scorings_unshared", .integer(cost.scoringsUnshared)),
      ("timings", .integer(cost.timings)), ("timings_unshared", .integer(cost.timingsUnshared)),
      ("training_flops", .number(cost.flops)), ("jobs", .integer(cores.jobs)),
      ("threads", .integer(cores.threads)), ("seconds", .number(seconds)),
      ("seconds_source", .text("\(source)")),
      ("bytes", .integer(cost.bytes)), ("simulation", simulated?.json ?? .null),
      ("remarks", .list(plan.remarks.map(JSON.text))),
      (
        "unversioned",
        .list(
          plan.unversioned.map {
            .members([
              ("setting", .text($0.setting)), ("component", .text($0.component)),
              ("trials", .integer($0.trials)),
            ])
          })
      ),
      ("warnings", .list(warnings.map(JSON.text))),
    ])
  }
}
