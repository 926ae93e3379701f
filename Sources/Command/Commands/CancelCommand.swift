import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

struct CancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Take the launched jobs of an experiment out of Slurm's queue.",
    discussion: """
      Jobs that wait are taken out; those that run are asked for a checkpoint and their end. Launching again goes on from there.

      \(examples("cancel \(anExperiment)"))
      """)

  @Argument(
    help: "The experiment, or the name of its results folder.", completion: Completions.results)
  var experiment: String

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let name = try StoredResults(folder: results.folder).name(experiment)
    guard let jobs = try LaunchedJobs(of: name, in: results.folder) else {
      throw CommandFailure(
        "no jobs of \(name) were launched: there is no \(results.folder.launchRecord(of: name))",
        CommandFailure.inputMissing)
    }
    let (pending, running) = (jobs.count(.pending), jobs.count(.running))
    // Of an array by its number where all of it goes, which is nearly always.
    let ids = Set(jobs.alive.map(\.job.id)).sorted()
    if !ids.isEmpty { try Slurm.cancel(ids) }
    if format.json {
      return try Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)), ("experiment", .text(name)), ("pending", .integer(pending)),
          ("running", .integer(running)), ("jobs", .list(ids.map(JSON.text))),
        ]))
    }
    try Terminal.data(
      ids.isEmpty
        ? "\(name): no job waits or runs"
        : "\(name): \(pending) waiting taken out, \(running) running asked for a checkpoint and their end")
  }
}
