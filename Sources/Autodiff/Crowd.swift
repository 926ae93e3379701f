import Foundation
import Synchronization

/// Whether other processes keep the cores busy: told by the time that threads of a team lost in the midst of their work. Then the team
/// should not work together for a while, longer each time that this proves right.
package final class Crowd: Sendable {
  private struct Pause {
    var length = shortest
    var end = Int.min / 2
  }

  private let end = Atomic<Int>(0)
  private let pause = Mutex(Pause())

  /// Less time than this may be lost to anything.
  private static let leastLoss = 1_000_000
  private static let shortest = 50_000_000
  private static let longest = 800_000_000

  package init() {}

  /// Whether the pause lasts.
  package var isCrowded: Bool {
    let end = end.load(ordering: .relaxed)
    if end == 0 { return false }
    if Nanoseconds.now < end { return true }
    self.end.store(0, ordering: .relaxed)
    return false
  }

  /// Takes note of nanoseconds that a thread lost until the time `now`, and gives the length of the pause that follows.
  @discardableResult
  package func note(_ lost: Int, at now: Int = Nanoseconds.now) -> Int {
    guard lost >= Self.leastLoss else { return 0 }
    let (end, length) = pause.withLock { pause in
      let isSoon = now - pause.end < pause.length
      pause.length = isSoon ? min(2 * pause.length, Self.longest) : Self.shortest
      pause.end = now + pause.length
      return (pause.end, pause.length)
    }
    self.end.store(end, ordering: .relaxed)
    return length
  }
}

/// How long a thread had no core though it wanted one: wall time less its own processor time. Made and asked on that thread; where it
/// sleeps in between, that counts as lost.
struct LostTime {
  private var wall = Nanoseconds.now
  private var processor = Nanoseconds.ofThread

  /// Nanoseconds lost since the last time this was asked; 0 where they are less than a twentieth of all, as to interrupts.
  mutating func lap() -> Int {
    let before = self
    self = LostTime()
    let elapsed = wall - before.wall
    let lost = elapsed - (processor - before.processor)
    return 20 * lost < elapsed ? 0 : lost
  }
}

/// Clocks. No result depends on them, only who computes it.
package enum Nanoseconds {
  package static var now: Int { read(CLOCK_MONOTONIC) }
  /// Processor time of the calling thread.
  static var ofThread: Int { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
