import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

/// Where results lie. Flag before environment before default.
struct ResultsOptions: ParsableArguments {
  @Option(help: "The folder of results (or COPPICE_RESULTS; else Results).", completion: .directory)
  var results: String?

  func validate() throws {
    if results?.isEmpty == true { throw ValidationError("--results takes the path of a folder, not \"\"") }
    if let kind = FileKind(at: folder.path), kind != .folder {
      throw ValidationError(
        "\(results == nil ? "COPPICE_RESULTS" : "--results") takes the path of a folder, and \(folder.path) is "
          + kind.rawValue)
    }
  }

  var folder: ResultsFolder { ResultsFolder(results ?? Environment["COPPICE_RESULTS"] ?? "Results") }
}

/// Where data sets lie. Flag before environment before default.
struct DataOptions: ParsableArguments {
  @Option(
    help: "The folder of data sets, searched alone (or COPPICE_DATA; else the cache).",
    completion: .directory)
  var data: String?

  var folders: DataFolders { DataFolders(explicit: data) }

  func validate() throws {
    if data?.isEmpty == true { throw ValidationError("--data takes the path of a folder, not \"\"") }
  }

  /// Refuses a named folder that is not there.
  func checkFolder() throws {
    guard let data, !DataFolders.isFolder(data) else { return }
    throw CommandFailure(
      "--data \(data) is not a folder: name one that is there, or leave it out", CommandFailure.inputMissing)
  }
}

/// Which data a sweep takes.
struct SweepDataOptions: ParsableArguments {
  @OptionGroup var data: DataOptions

  @Flag(help: "Refuse data that are not the published ones (exit code 65).")
  var strictData = false

  /// The data sets a sweep reads, and the tables of costs among its results.
  func library(_ results: ResultsFolder) -> DataLibrary {
    DataLibrary(data.folders, isStrict: strictData, tables: results.costs)
  }

  /// Refuses a folder that is not there, and says which of the data that were read are not the published ones.
  func report(_ library: DataLibrary) throws {
    try data.checkFolder()
    for warning in library.warnings { Terminal.log("warning: \(warning)") }
  }
}

/// How a run uses the processor. Flag before environment before what suits the sweep.
struct CoreOptions: ParsableArguments {
  @Option(
    help: "Stages that run side by side (or COPPICE_JOBS; else one a core, or as many as can run at a time).")
  var jobs: Int?

  @Option(
    help: """
      Threads that share each kernel (or COPPICE_THREADS; else 1, and more where --jobs is not given either and cores would be \
      idle). Results do not depend on it.
      """)
  var threads: Int?

  func cores(_ plan: SweepPlan) throws -> Cores {
    let cores = Cores(
      plan, cores: ProcessInfo.processInfo.activeProcessorCount,
      jobs: try Environment.count(jobs, "--jobs", or: "COPPICE_JOBS"),
      threads: try Environment.count(threads, "--threads", or: "COPPICE_THREADS"))
    try plan.checkMemory(jobs: cores.jobs)
    return cores
  }

  /// How a plan is run: so many stages and threads, with a checkpoint as often as the environment says.
  func runnerOptions(_ plan: SweepPlan) throws -> Runner.Options {
    var options = Runner.Options()
    let cores = try cores(plan)
    (options.jobs, options.threads) = (cores.jobs, cores.threads)
    if let interval = try Environment.seconds("COPPICE_CHECKPOINT_SECONDS") {
      options.checkpointInterval = interval
    }
    return options
  }
}

/// What is run again that is passed over else.
struct RetryOptions: ParsableArguments {
  enum Retry: String, CaseIterable, ExpressibleByArgument {
    /// Trials that failed by errors of their own.
    case failed
  }

  @Option(help: "Run trials again that failed before and are set aside.")
  var retry: Retry?

  var retriesFailed: Bool { retry == .failed }

  /// The same for another process.
  var words: [String] { retry.map { ["--retry=\($0.rawValue)"] } ?? [] }
}

/// What a program reads in place of what a person reads.
struct FormatOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}

/// An experiment and what is changed of it.
struct SweepOptions: ParsableArguments {
  @Argument(help: "The experiment; see `\(ProgramName.current) list`.", completion: Completions.experiments)
  var experiment: String

  @Option(help: "Run so many seeds in place of the sweep's own.")
  var seeds: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting in every cell; see `\(ProgramName.current) list settings`.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @Option(
    help: """
      Memory a run may take, as 64GB; more is refused; none for no limit (or COPPICE_MEMORY; else what the machine, its control \
      group and ulimit -v allow).
      """)
  var memory: String?

  @Option(name: .customLong("as"), help: "A name for the results folder of the changed sweep.")
  var name: String?

  /// The sweep taken apart into stages.
  func plan(_ library: DataLibrary) throws -> SweepPlan {
    // That of the environment holds for every command already.
    if memory != nil, let limit = try Environment.memory(memory) { MemoryLimit.use(limit) }
    if let name, name != experiment, ExperimentCatalogue.experiments.contains(where: { $0.name == name }) {
      throw CommandFailure(
        "--as takes a name of your own, and \(name) is an experiment's: its results would pass for that one's",
        CommandFailure.usage)
    }
    return try SweepPlan(
      try ExperimentCatalogue.experiment(experiment), seeds: seeds,
      overrides: try overrides.map(Self.override),
      name: name, library: library)
  }

  static func override(_ text: String) throws -> (name: String, text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw CommandFailure("--set takes name=value, not \"\(text)\"", CommandFailure.usage)
    }
    return (parts[0], parts[1])
  }
}
