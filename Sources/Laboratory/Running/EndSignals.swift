import Foundation
import Synchronization

/// The signals that ask a run for its end: SIGINT of Ctrl-C, SIGTERM, SIGHUP of a terminal that goes away, and SIGXCPU of a limit
/// of processor time. A second SIGINT or SIGTERM, half a second later or more, ends the process at once.
///
/// They are noted by a handler and not by a thread that waits for them: a process that is given no thread must hear them too.
enum EndSignals {
  /// When the first was heard, in nanoseconds of a clock that never goes back; 0 before.
  private static let heard = Atomic<Int>(0)

  /// The first that was heard; 0 before.
  private static let number = Atomic<Int32>(0)

  /// Whether one was heard.
  static var isHeard: Bool { heard.load(ordering: .relaxed) != 0 }

  /// Whether the first that was heard is the one that schedulers and `kill` send.
  static var isTermination: Bool { number.load(ordering: .relaxed) == SIGTERM }

  /// Lets the signals be noted, by this thread and those that it starts. A SIGHUP that is ignored stays so: `nohup` asks for that.
  static func observe() {
    // A static is made when it is first asked for, which is not for handlers.
    _ = (isHeard, isTermination)
    for number in [SIGINT, SIGTERM, SIGXCPU] { signal(number, note) }
    let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    if unsafeBitCast(signal(SIGHUP, note), to: Int.self) == ignored { signal(SIGHUP, SIG_IGN) }
    // Whoever started us may have kept them off, as threads of libdispatch do, and what it keeps off is handed down.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGXCPU, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// One signal may come twice: to the process and to its group, by a shell, a terminal or `timeout`.
  private static let patience = 500_000_000

  /// The handler.
  private static let note: @convention(c) (Int32) -> Void = { signal in
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = max(1, time.tv_sec * 1_000_000_000 + time.tv_nsec)
    let (isFirst, first) = heard.compareExchange(expected: 0, desired: now, ordering: .relaxed)
    if isFirst { number.store(signal, ordering: .relaxed) }
    guard !isFirst, signal == SIGINT || signal == SIGTERM, now - first > patience else { return }
    _exit(130)
  }
}
