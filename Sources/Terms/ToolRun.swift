import Foundation
import Synchronization

/// A program of the system that was run to its end. `Foundation.Process` waits for its end on threads, and for ever where the system
/// gives none; this needs no thread.
package struct ToolRun {
  /// The exit code; `nil` where it ended by a signal or was not waited for to its end.
  package let status: Int32?
  /// What it wrote to standard output.
  package let output: [UInt8]

  /// Runs a program with nothing on its standard input.
  ///
  /// - Parameters:
  ///   - words: the program, which is looked for on the PATH unless it is a path itself, and its arguments.
  ///   - showsErrors: whether its standard error is ours; else it goes nowhere.
  ///   - environment: its variables; without them ours.
  ///   - patience: seconds after which it is killed.
  /// - Returns: `nil` where it cannot be started.
  package init?(
    _ words: [String], showsErrors: Bool = false, environment: [String: String]? = nil,
    patience: Double = .infinity
  ) {
    var ends: [Int32] = [-1, -1]
    guard Self.makePipe(&ends) else { return nil }
    defer { close(ends[0]) }
    let deadline = patience.isFinite ? ContinuousClock().now + .seconds(patience) : nil
    guard let process = Self.start(words, environment, output: ends[1], showsErrors) else {
      close(ends[1])
      return nil
    }
    close(ends[1])
    (output, status) = (Self.read(ends[0], process, deadline), Self.end(of: process, deadline))
  }

  /// Held while a pipe is made and while a process starts: one that starts between the two calls that make a pipe would keep its
  /// ends, and who reads from it would wait for the end of both.
  private static let door = Mutex(())

  /// A pipe whose ends no other process gets.
  private static func makePipe(_ ends: inout [Int32]) -> Bool {
    door.withLock { _ in
      guard pipe(&ends) == 0 else { return false }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return true
    }
  }

  private static func start(
    _ words: [String], _ environment: [String: String]?, output: Int32, _ showsErrors: Bool
  ) -> pid_t? {
    #if canImport(Darwin)
      var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
    #else
      var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    if !showsErrors { posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
    // What this process ignores or keeps off is its own affair.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let variables = environment ?? ProcessInfo.processInfo.environment
    var arguments = words.map { strdup($0) } + [nil]
    var settings = variables.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + settings { free(text) } }
    var process = pid_t()
    guard let program = words.first else { return nil }
    let code = door.withLock { _ in
      posix_spawnp(&process, program, &actions, &attributes, &arguments, &settings)
    }
    return code == 0 ? process : nil
  }

  /// Reads what a process writes, until it ends or is killed.
  private static func read(
    _ descriptor: Int32, _ process: pid_t, _ deadline: ContinuousClock.Instant?
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let isReady = poll(&ready, 1, deadline == nil ? -1 : 100) > 0
      if let deadline, ContinuousClock().now > deadline {
        kill(process, SIGKILL)
        return bytes
      }
      guard isReady else { continue }
      let count = Foundation.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += piece.prefix(count)
    }
  }

  /// Waits for its end. It may have closed its output and go on: it is killed when its time is over.
  private static func end(of process: pid_t, _ deadline: ContinuousClock.Instant?) -> Int32? {
    var status: Int32 = 0
    while true {
      let found = waitpid(process, &status, deadline == nil ? 0 : WNOHANG)
      if found == process { break }
      if found < 0, errno != EINTR { return nil }
      guard found == 0, let deadline else { continue }
      if ContinuousClock().now > deadline { kill(process, SIGKILL) }
      usleep(1_000)
    }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : nil
  }
}
