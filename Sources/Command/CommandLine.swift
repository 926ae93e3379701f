import ArgumentParser
import Coppice
import Foundation

/// The whole command line over a catalogue of experiments. The executable of a package of one's own is this one call:
///
/// ```swift
/// import CoppiceCommand
///
/// CoppiceCommandLine.main(experiments: [.mine], criteria: [.growth])
/// ```
public enum CoppiceCommandLine {
  /// Parses the process's arguments, does what they say and exits with the documented code.
  ///
  /// Components of the package stand beside the shipped ones in lists, `--set`, suggestions and completions. Each is given as
  /// `Shipped`, which says in one line what it is and how it is read from text. Metrics become columns of the index. Help and messages call the program by the name of
  /// its executable.
  ///
  /// Exit codes: 0 all well; 1 some trials failed; 64 usage; 65 bad data; 66 input missing; 69 optional tool missing;
  /// 74 input/output; 75 try again; 130 interrupted after a clean checkpoint. Where the reader of its output goes away, a command
  /// ends by SIGPIPE, but `run` and `work` go on and their code says how it went.
  public static func main(
    experiments: [Experiment], criteria: [Shipped<Criterion>] = [], models: [Shipped<Model>] = [],
    datasets: [Shipped<DatasetSource>] = [], initializers: [Shipped<Initializer>] = [],
    optimizers: [Shipped<Optimizer>] = [], learningRates: [Shipped<LearningRate>] = [],
    losses: [Shipped<Loss>] = [], granularities: [Shipped<Granularity>] = [],
    allocations: [Shipped<Allocation>] = [], schedules: [Shipped<Schedule>] = [],
    retrainings: [Shipped<Retraining>] = [], retrainingRates: [Shipped<RetrainingRate>] = [],
    dynamics: [Shipped<Dynamics>] = [], learnedMasks: [Shipped<LearnedMask>] = [],
    stopRules: [Shipped<StopRule>] = [], metrics: [Metric] = [], analyses: [Shipped<Analysis>] = []
  ) -> Never {
    let name = CommandLine.arguments.first.map { ($0 as NSString).lastPathComponent } ?? ""
    if !name.isEmpty { ProgramName.current = name }
    run {
      // Before anything is asked of the index, whose columns they are.
      try Metrics.add(metrics)
      try ExperimentCatalogue.set(experiments)
      try Criterion.catalogue.add(criteria)
      try Model.catalogue.add(models)
      try DatasetSource.catalogue.add(datasets)
      try Initializer.catalogue.add(initializers)
      try Optimizer.catalogue.add(optimizers)
      try LearningRate.catalogue.add(learningRates)
      try Loss.catalogue.add(losses)
      try Granularity.catalogue.add(granularities)
      try Allocation.catalogue.add(allocations)
      try Schedule.catalogue.add(schedules)
      try Retraining.catalogue.add(retrainings)
      try RetrainingRate.catalogue.add(retrainingRates)
      try Dynamics.catalogue.add(dynamics)
      try LearnedMask.catalogue.add(learnedMasks)
      try StopRule.catalogue.add(stopRules)
      try Analysis.catalogue.add(analyses)
    }
  }

  /// Makes the catalogues, does what the arguments say and ends the process.
  private static func run(_ prepare: () throws -> Void) -> Never {
    StandardStreams.open()
    MemoryLimit.spareAddresses()
    // A file that may not grow any more is an error of writing like any other.
    signal(SIGXFSZ, SIG_IGN)
    // Where it is ignored, nobody is told how a child ended.
    signal(SIGCHLD, SIG_DFL)
    do {
      try prepare()
      if let kernels = Environment["COPPICE_KERNELS"] { try KernelVariant.use(kernels) }
      if let limit = try Environment.memory(nil) { MemoryLimit.use(limit) }
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments == ["--generate-completion-script", "bash"] {
        try Terminal.data(Completions.bashScript)
        exit(0)
      }
      var command = try UsageFailure.parsing(arguments)
      // A run is there for what it stores.
      if command is RunCommand || command is WorkCommand { StandardStreams.outliveReaders() }
      if Provenance.build == "debug" {
        Terminal.log("warning: this is a debug build, many times slower; build with `swift build -c release`")
      }
      try command.run()
      exit(0)
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      guard let failure = CommandFailure(error) else {
        let code = RootCommand.exitCode(for: error)
        // What the parser prints itself, as a help, has nothing of a file in it.
        if code == .success { RootCommand.exit(withError: error) }
        Terminal.log("error: \(RootCommand.message(for: error))")
        exit(code.rawValue)
      }
      Terminal.log("error: \(failure.message)")
      exit(failure.code.rawValue)
    }
  }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ProgramName.current,
    abstract: "Pruning experiments: sweeps over method × ratio × schedule, with results in HDF5.",
    discussion: """
      Data goes to standard output, progress and log to standard error.
      A flag counts more than its environment variable, and that more than the sweep.

      Exit codes: 0 all well; 1 some trials failed, or what was compared differs; 64 usage; 65 bad data; 66 input missing; 69 optional tool missing; \
      74 input/output; 75 try again; 130 interrupted after a checkpoint. Where nobody reads its output any more, a command ends \
      by SIGPIPE, but run and work go on.

      \(examples("list criteria", "run \(anExperiment) --seeds 1"))

      Completions of a shell: \(ProgramName.current) --generate-completion-script bash (or zsh, fish).
      """,
    version: Provenance.toolVersion,
    subcommands: [
      ListCommand.self, PlanCommand.self, RunCommand.self, PruneCommand.self, StatusCommand.self,
      WatchCommand.self, ServeCommand.self, WorkCommand.self, LaunchCommand.self, CancelCommand.self,
      ShowCommand.self,
      CriteriaCommand.self, AnalyseCommand.self, ClaimsCommand.self, ExplainCommand.self,
      CompactCommand.self, ExportCommand.self, InspectCommand.self, CostsCommand.self, ProfileCommand.self,
      LsCommand.self, TableCommand.self, PlotCommand.self, CompareCommand.self, ReportCommand.self,
      NotebookCommand.self, DiffCommand.self, VerifyCommand.self, MergeCommand.self, PackCommand.self,
      TagCommand.self, NoteCommand.self, SpeedCommand.self, AdviseCommand.self, DataCommand.self,
      DoctorCommand.self, ManCommand.self,
      CleanCommand.self,
      BenchCommand.self,
    ])
}

extension ParsableCommand {
  /// How the command is used, as its help shows it.
  static func examples(_ lines: String...) -> String {
    (lines.count == 1 ? "Example:" : "Examples:") + lines.map { "\n  \(ProgramName.current) \($0)" }.joined()
  }

  /// An experiment of this program, for examples.
  static var anExperiment: String { ExperimentCatalogue.experiments.first?.name ?? "EXPERIMENT" }
}
