import ArgumentParser
import Coppice
import CoppiceReporting
import Foundation

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a run would do and cost, without running it.")

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var folders: FolderOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let plan = try sweep.plan(DataLibrary(folders.dataFolders))
    let cost = try plan.cost()
    let seconds = try plan.estimatedSeconds(jobs: ProcessInfo.processInfo.activeProcessorCount)
    if json {
      Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)), ("experiment", .text(plan.experiment.name)),
          ("results", .text(plan.name)), ("trials", .list(plan.trials.map { .text($0.name) })),
          ("trainings", .integer(cost.trainings)), ("trainings_unshared", .integer(cost.trainingsUnshared)),
          ("steps", .integer(cost.steps)), ("steps_unshared", .integer(cost.stepsUnshared)),
          ("training_flops", .number(cost.flops)), ("seconds", .number(seconds)), ("bytes", .integer(cost.bytes)),
        ]))
      return
    }
    Terminal.data(plan.experiment.question)
    for trial in plan.trials {
      let rounds = trial.rounds.map { "\($0.index)" }.joined(separator: ",")
      Terminal.data("  \(trial.name)  rounds \(rounds)")
    }
    Terminal.data(
      """
      \(plan.trials.count) trials, \(cost.trainings) trainings of \(cost.steps) steps \
      (without sharing \(cost.trainingsUnshared) of \(cost.stepsUnshared))
      \(NumberText.fixed(cost.flops / 1e12, decimals: 2)) TFLOPs of training
      about \(ProgressLine.duration(seconds) ?? "?") on \(ProcessInfo.processInfo.activeProcessorCount) cores, \
      measured on this machine just now
      up to \(NumberText.fixed(Double(cost.bytes) / 1e6, decimals: 1)) MB of trial files in \
      \(folders.resultsFolder.path)/\(plan.name)
      """)
  }
}
