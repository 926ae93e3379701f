import Foundation
import Synchronization

/// A program of the system that was run to its end. `Foundation.Process` waits for its end on threads, and for ever where the system
/// gives none; this needs no thread.
package struct ToolRun {
  /// The exit code; `nil` where it ended by a signal or was not waited for to its end.
  package let status: Int32?
  /// What it wrote to standard output; nothing where a sink took it.
  package private(set) var output: [UInt8] = []
  /// The beginning of what it wrote to standard error, where that is kept.
  package let errors: [UInt8]

  /// What becomes of what a program writes to standard error.
  package enum Errors: Sendable {
    /// It goes nowhere.
    case dropped
    /// It goes where ours goes.
    case shown
    /// Its beginning is kept.
    case kept
  }

  /// Takes a piece of what a program writes to standard output, and says whether it is to go on.
  package typealias Sink = (_ piece: ArraySlice<UInt8>) -> Bool

  /// Runs a program with nothing on its standard input.
  ///
  /// - Parameters:
  ///   - words: the program, which is looked for on the PATH unless it is a path itself, and its arguments.
  ///   - errors: what becomes of its standard error.
  ///   - environment: its variables; without them ours.
  ///   - patience: seconds after which it is killed.
  /// - Returns: `nil` where it cannot be started.
  package init?(
    _ words: [String], errors: Errors = .dropped, environment: [String: String]? = nil,
    patience: Double = .infinity
  ) {
    var bytes: [UInt8] = []
    self.init(words, errors: errors, environment: environment, patience: patience) { piece in
      bytes += piece
      return true
    }
    output = bytes
  }

  /// Runs a program whose standard output is taken piece by piece, however much there is.
  ///
  /// - Parameter sink: where it says no, the program is killed.
  /// - Returns: `nil` where it cannot be started.
  package init?(
    _ words: [String], errors: Errors = .dropped, environment: [String: String]? = nil,
    patience: Double = .infinity, to sink: Sink
  ) {
    guard let output = Self.makePipe() else { return nil }
    defer { close(output.read) }
    let messages = errors == .kept ? Self.makePipe() : nil
    defer { if let messages { close(messages.read) } }
    let deadline = patience.isFinite ? ContinuousClock().now + .seconds(patience) : nil
    let isAsked = errors != .kept || messages != nil
    let process =
      isAsked ? Self.start(words, environment, output: output.write, errors, messages?.write) : nil
    close(output.write)
    if let messages { close(messages.write) }
    guard let process else { return nil }
    self.errors = Self.read(output.read, messages?.read ?? -1, process, deadline, sink)
    status = Self.end(of: process, deadline)
  }

  /// Held while a pipe is made and while a process starts: one that starts between the two calls that make a pipe would keep its
  /// ends, and who reads from it would wait for the end of both.
  private static let door = Mutex(())

  /// A pipe whose ends no other process gets.
  private static func makePipe() -> (read: Int32, write: Int32)? {
    door.withLock { _ in
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return nil }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return (ends[0], ends[1])
    }
  }

  private static func start(
    _ words: [String], _ environment: [String: String]?, output: Int32, _ errors: Errors, _ messages: Int32?
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
    if let messages {
      posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO)
    } else if errors == .dropped {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
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

  /// Bytes of its standard error that are kept. The rest is read all the same, lest it wait for somebody who does.
  private static let mostErrors = 1 << 16

  /// Reads what a process writes, until it ends or is killed, and gives the beginning of its errors.
  ///
  /// - Parameter messages: where its errors come from; negative for nowhere.
  private static func read(
    _ output: Int32, _ messages: Int32, _ process: pid_t, _ deadline: ContinuousClock.Instant?, _ take: Sink
  ) -> [UInt8] {
    var errors: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    // A negative one is passed over.
    var sources = [output, messages].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while sources.contains(where: { $0.fd >= 0 }) {
      let isReady = poll(&sources, nfds_t(sources.count), deadline == nil ? -1 : 100) > 0
      if let deadline, ContinuousClock().now > deadline {
        kill(process, SIGKILL)
        return errors
      }
      guard isReady else { continue }
      for place in sources.indices where sources[place].fd >= 0 && sources[place].revents != 0 {
        let count = Foundation.read(sources[place].fd, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 {
          sources[place].fd = -1
        } else if place == 1 {
          errors += piece.prefix(min(count, mostErrors - errors.count))
        } else if !take(piece.prefix(count)) {
          kill(process, SIGKILL)
          return errors
        }
      }
    }
    return errors
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
