import Synchronization

/// Threads that are kept for the lifetime of an executor and run the phases of a program together (`Shares`).
///
/// Where another process keeps a core busy, a thread may lose its core in the midst of a share, for some milliseconds, and all
/// others wait for it. Once that is noticed the caller runs the program alone for a while. Who runs what changes no bit.
/// Where the system gives no thread, the team goes without it.
///
/// `@unchecked Sendable`: the mutable state is atomic or belongs to the one thread that runs the executor.
final class Team: @unchecked Sendable {
  private let shares: Shares
  private var caller: Shares.Member
  /// Whether the caller has no others.
  private let isAlone: Bool

  /// How many nanoseconds a waiting thread looks again and again before it falls asleep: most waits are shorter than that takes.
  static let patience = 100_000
  private static let stackSize = 1 << 20

  init(_ program: Program, patience: Int) {
    shares = Shares(program, patience: patience)
    caller = Shares.Member(0, of: program.threads)
    var isAlone = true
    for thread in 1..<program.threads {
      let worker = WorkThread(stackSize: Self.stackSize) { [shares] in Self.work(shares, thread) }
      if worker != nil { isAlone = false }
    }
    self.isAlone = isAlone
  }

  deinit { shares.end() }

  func run() {
    if isAlone || shares.isCrowded { return shares.program.run() }
    shares.takePart(in: shares.begin(), &caller)
  }

  private static func work(_ shares: Shares, _ thread: Int) {
    var member = Shares.Member(thread, of: shares.program.threads)
    while let run = shares.awaitRun(&member) { shares.takePart(in: run, &member) }
  }
}
