import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

/// Where data sets and results lie. Flag before environment before default.
struct FolderOptions: ParsableArguments {
  @Option(help: "The folder of results (or COPPICE_RESULTS; else Results).")
  var results: String?

  @Option(help: "A folder of data sets (or COPPICE_DATA; else the cache).")
  var data: String?

  var resultsFolder: ResultsFolder {
    ResultsFolder(results ?? ProcessInfo.processInfo.environment["COPPICE_RESULTS"] ?? "Results")
  }

  var dataFolders: DataFolders { DataFolders(explicit: data) }
}

/// An experiment and what is changed of it.
struct SweepOptions: ParsableArguments {
  @Argument(help: "The experiment; see `coppice list`.")
  var experiment: String

  @Option(help: "Run so many seeds in place of the sweep's own.")
  var seeds: Int?

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Change a setting in every cell.", valueName: "name=value"))
  var overrides: [String] = []

  @Option(name: .customLong("as"), help: "A name for the results folder of the changed sweep.")
  var name: String?

  func plan(_ library: DataLibrary) throws -> SweepPlan {
    try SweepPlan(
      try Catalogue.experiment(experiment), seeds: seeds, overrides: try overrides.map(Self.override),
      name: name, library: library)
  }

  private static func override(_ text: String) throws -> (name: String, text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw CommandError("--set takes name=value, not \"\(text)\"", CommandFailure.usage)
    }
    return (parts[0], parts[1])
  }
}
