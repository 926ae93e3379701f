import ArgumentParser
import Coppice
import CoppiceReporting
import Foundation

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a run would do and cost, without running it.")

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  @Option(help: "Stages that run side by side (or COPPICE_JOBS; else as many as there are cores).")
  var jobs: Int?

  func run() throws {
    let jobs =
      try Environment.count(jobs, "--jobs", or: "COPPICE_JOBS")
      ?? ProcessInfo.processInfo.activeProcessorCount
    let plan = try sweep.plan(DataLibrary(data.folders))
    let cost = try plan.cost()
    let seconds = try plan.estimatedSeconds(jobs: jobs)
    if format.json { return try Terminal.data(json(plan, cost, seconds)) }
    try Terminal.data(plan.experiment.question)
    for trial in plan.trials {
      let rounds = trial.rounds.map { "\($0.index)" }.joined(separator: ",")
      try Terminal.data("  \(trial.name)  rounds \(rounds)")
    }
    try Terminal.data(
      """
      \(plan.trials.count) trials, \(cost.trainings) trainings of \(cost.steps) steps in all \
      (without sharing \(cost.trainingsUnshared) of \(cost.stepsUnshared))
      \(NumberText.fixed(cost.flops / 1e12, decimals: 2)) TFLOPs of training
      about \(ProgressLine.duration(seconds) ?? "?") with \(jobs) jobs, by steps timed just now
      up to \(NumberText.fixed(Double(cost.bytes) / 1e6, decimals: 1)) MB of trial files in \
      \(results.folder.path)/\(plan.name)
      """)
  }

  private func json(_ plan: SweepPlan, _ cost: SweepPlan.Cost, _ seconds: Double) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("experiment", .text(plan.experiment.name)),
      ("results", .text(plan.name)), ("trials", .list(plan.trials.map { .text($0.name) })),
      ("trainings", .integer(cost.trainings)), ("trainings_unshared", .integer(cost.trainingsUnshared)),
      ("steps", .integer(cost.steps)), ("steps_unshared", .integer(cost.stepsUnshared)),
      ("training_flops", .number(cost.flops)), ("seconds", .number(seconds)), ("bytes", .integer(cost.bytes)),
    ])
  }
}
