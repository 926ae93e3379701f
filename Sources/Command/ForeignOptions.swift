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
  /// - Throws: what the work throws, a failure that says how the second process ended, or its exit code.
  func contain(_ work: () throws -> Void) throws {
    guard isForeign, Environment[Self.mark] == nil else { return try work() }
    let limit = try Environment.seconds("COPPICE_FOREIGN_SECONDS") ?? 60
    let child = try Child(Array(CommandLine.arguments.dropFirst()), adding: (Self.mark, "1"))
    switch child.end(within: limit) {
    case .exited(0): return
    case .exited(let code): throw ExitCode(code)
    case .signalled(SIGPIPE): StandardStreams.endWithoutReader()
    case .signalled(let signal):
      throw CommandFailure(
        "the file cannot be read: libhdf5 ended by signal \(signal) on its contents. It is damaged; make it again",
        CommandFailure.badData)
    case .stopped:
      throw CommandFailure(
        "the file cannot be read: libhdf5 did not come to an end of it within \(limit) s (COPPICE_FOREIGN_SECONDS). "
          + "It is damaged; make it again", CommandFailure.badData)
    }
  }
}
