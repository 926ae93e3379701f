import Coppice
import Foundation

/// This program, started again with other arguments, with the same standard streams.
struct Child {
  /// How it ended.
  enum End: Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// Killed, because it was still there when its time was over.
    case stopped
  }

  private let process: pid_t

  /// Starts it.
  /// - Throws: a failure to be tried again where no process can be made.
  init(_ arguments: [String], adding variable: (name: String, value: String)) throws {
    guard let executable = Bundle.main.executablePath else {
      throw CommandFailure("the program does not know where it lies", CommandFailure.tryAgain)
    }
    var environment = ProcessInfo.processInfo.environment
    environment[variable.name] = variable.value
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var process = pid_t()
    let code = posix_spawn(&process, executable, nil, nil, &words, &variables)
    guard code == 0 else {
      throw CommandFailure(
        "a process to read the file in cannot be started: \(String(cString: strerror(code)))",
        CommandFailure.tryAgain)
    }
    self.process = process
  }

  /// Waits for its end, so many seconds at most; without a number as long as it takes.
  /// - Throws: a failure to be tried again where the system does not say how it ended.
  func end(within seconds: Double?) throws -> End {
    let watch = Stopwatch()
    var status: Int32 = 0
    while true {
      let found = waitpid(process, &status, WNOHANG)
      if found == process { break }
      if found < 0, errno != EINTR {
        throw CommandFailure(
          "how the process that read the file ended cannot be told: \(String(cString: strerror(errno)))",
          CommandFailure.tryAgain)
      }
      guard watch.elapsed < seconds ?? .infinity else {
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return .stopped
      }
      usleep(2_000)
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}
