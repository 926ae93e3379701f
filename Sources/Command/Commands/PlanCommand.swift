import ArgumentParser
import Coppice
import CoppiceReporting
import Foundation

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a run would do and cost, without running it.")

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions
  @OptionGroup var format: FormatOptions

  @OptionGroup var cores: CoreOptions

  func run() throws {
    let library = data.library
    let plan = try sweep.plan(library)
    try data.report(library)
    let cores = try cores.cores(plan)
    let cost = try plan.cost()
    let seconds = try plan.estimatedSeconds(jobs: cores.jobs, threads: cores.threads)
    if format.json { return try Terminal.data(json(plan, cost, cores, seconds, library.warnings)) }
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
      about \(ProgressLine.duration(seconds) ?? "?") with \(cores.jobs) \(cores.jobs == 1 ? "job" : "jobs") \
      of \(cores.threads) \(cores.threads == 1 ? "thread" : "threads"), by steps timed just now
      up to \(NumberText.fixed(Double(cost.bytes) / 1e6, decimals: 1)) MB of trial files in \
      \(results.folder.path)/\(plan.name)
      """)
  }

  private func json(
    _ plan: SweepPlan, _ cost: SweepPlan.Cost, _ cores: Cores, _ seconds: Double, _ warnings: [String]
  ) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("experiment", .text(plan.experiment.name)),
      ("results", .text(plan.name)), ("trials", .list(plan.trials.map { .text($0.name) })),
      ("trainings", .integer(cost.trainings)), ("trainings_unshared", .integer(cost.trainingsUnshared)),
      ("steps", .integer(cost.steps)), ("steps_unshared", .integer(cost.stepsUnshared)),
      ("training_flops", .number(cost.flops)), ("jobs", .integer(cores.jobs)),
      ("threads", .integer(cores.threads)), ("seconds", .number(seconds)), ("bytes", .integer(cost.bytes)),
      ("warnings", .list(warnings.map(JSON.text))),
    ])
  }
}
