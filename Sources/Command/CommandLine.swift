import ArgumentParser
import Coppice
import Foundation

/// The whole command line over a catalogue of experiments. The executable of a package of one's own is this one call:
///
/// ```swift
/// import CoppiceCommand
///
/// CoppiceCommandLine.main(experiments: [.mine])
/// ```
public enum CoppiceCommandLine {
  /// Parses the process's arguments, does what they say and exits with the documented code.
  ///
  /// Exit codes: 0 all well; 1 some trials failed; 64 usage; 65 bad data; 66 input missing; 69 optional tool missing;
  /// 74 input/output; 75 try again; 130 interrupted after a clean checkpoint.
  public static func main(experiments: [Experiment]) -> Never {
    ExperimentCatalogue.experiments = experiments
    do {
      if let kernels = Environment["COPPICE_KERNELS"] { try KernelVariant.use(kernels) }
      var command = try RootCommand.parseAsRoot()
      if Provenance.build == "debug" {
        Terminal.log("warning: this is a debug build, many times slower; build with `swift build -c release`")
      }
      try command.run()
      exit(0)
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      guard let failure = CommandFailure(error) else { RootCommand.exit(withError: error) }
      Terminal.log("error: \(failure.message)")
      exit(failure.code.rawValue)
    }
  }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coppice",
    abstract: "Pruning experiments: sweeps over method × ratio × schedule, with results in HDF5.",
    discussion: """
      Data goes to standard output, progress and log to standard error.
      A flag counts more than its environment variable, and that more than the sweep.

      Exit codes: 0 all well; 1 some trials failed; 64 usage; 65 bad data; 66 input missing; 69 optional tool missing; \
      74 input/output; 75 try again; 130 interrupted after a checkpoint.
      """,
    version: Provenance.toolVersion,
    subcommands: [
      ListCommand.self, PlanCommand.self, RunCommand.self, StatusCommand.self, ShowCommand.self,
      TableCommand.self, PlotCommand.self, DataCommand.self, DoctorCommand.self, CleanCommand.self,
      BenchCommand.self,
    ])
}
