import ArgumentParser
import Foundation

/// Whether files are read that have not the seal of those this program writes, because another one has written to them.
struct ForeignOptions: ParsableArguments {
  @Flag(
    name: .customLong("foreign"),
    help: "Also read a file that another program has written to, in a process of its own.")
  var isForeign = false

  /// Set for the process that such a file is read in.
  private static let mark = "COPPICE_CONTAINED"

  /// Does the command's work. The library may crash or hang on a foreign file: the work is then done by a second process, which
  /// may end so, and is stopped when it does not end.
  ///
  /// - Parameter seconds: so long it may take, if `COPPICE_FOREIGN_SECONDS` does not say otherwise. Work that computes besides has no
  ///   such bound, and where it does not end well, it may not be for the file.
  /// - Throws: what the work throws, a failure that says how the second process ended, or its exit code.
  func contain(within seconds: Double? = 60, _ work: () throws -> Void) throws {
    guard isForeign, Environment[Self.mark] == nil else { return try work() }
    let limit = try Environment.seconds("COPPICE_FOREIGN_SECONDS") ?? seconds
    let child = try Child(Array(CommandLine.arguments.dropFirst()), adding: (Self.mark, "1"))
    switch try child.end(within: limit) {
    case .exited(0): return
    case .exited(let code): throw ExitCode(code)
    case .signalled(SIGPIPE): StandardStreams.endWithoutReader()
    case .signalled(let signal):
      throw CommandFailure(
        seconds == nil
          ? "the process that read the file and computed with it ended by signal \(signal): the file may be damaged"
          : "the file cannot be read: libhdf5 ended by signal \(signal) on its contents. It is damaged; make it again",
        CommandFailure.badData)
    case .stopped:
      let bound = "within \(limit ?? .infinity) s (COPPICE_FOREIGN_SECONDS)"
      if seconds == nil {
        throw CommandFailure(
          "the command did not come to an end \(bound): give it more time", CommandFailure.tryAgain)
      }
      throw CommandFailure(
        "the file cannot be read: libhdf5 did not come to an end of it \(bound). It is damaged; make it again",
        CommandFailure.badData)
    }
  }
}
