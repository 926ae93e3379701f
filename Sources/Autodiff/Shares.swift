import Foundation
import Synchronization

/// The shares of a program's phases, and how far each is in the present run. Each thread takes its own share of a phase. A share
/// whose thread does not come is taken by whoever waits for it.
///
/// `@unchecked Sendable`: only atomics change; the condition guards nothing but sleep.
package final class Shares: @unchecked Sendable {
  /// A thread of the team, and what it knows of the others.
  package struct Member {
    let thread: Int
    /// The last run it took part in.
    var run = 0
    /// Whose last share others had to take: they are not waited for until they come again.
    fileprivate var isAbsent: [Bool]
    /// Since it last had reason to look.
    fileprivate var lostTime = LostTime()

    package init(_ thread: Int, of threads: Int) {
      self.thread = thread
      isAbsent = [Bool](repeating: false, count: threads)
    }
  }

  package let program: Program
  private let patience: Int
  private let runs = Atomic<Int>(0)
  private let isEnded = Atomic<Bool>(false)
  private let condition = NSCondition()
  private let sleepers = Atomic<Int>(0)
  /// 2r once a share of a phase is done in run r, 2r − 1 once it is begun: so it is begun once, and by nobody who is still at an
  /// earlier run.
  private let marks: UnsafeMutablePointer<Atomic<Int>>
  private let markCount: Int
  /// Whether somebody has lost patience with a share that was begun.
  private let isStalled = Atomic<Bool>(false)
  private let crowd = Crowd()

  /// How often a thread looks whether a share is begun before it takes it: for some microseconds.
  private static let courtesy = 2_000

  package init(_ program: Program, patience: Int) {
    (self.program, self.patience) = (program, patience)
    markCount = program.phases.count * program.threads
    marks = .allocate(capacity: max(1, markCount))
    for index in 0..<markCount { (marks + index).initialize(to: Atomic(0)) }
  }

  deinit {
    marks.deinitialize(count: markCount)
    marks.deallocate()
  }

  /// Whether the threads had better not work together now.
  var isCrowded: Bool { crowd.isCrowded }

  /// Begins a run, and gives its number.
  package func begin() -> Int {
    defer { wake() }
    return runs.add(1, ordering: .sequentiallyConsistent).newValue
  }

  /// The present run once it is another one than the member's last; `nil` at the end.
  func awaitRun(_ member: inout Member) -> Int? {
    let last = member.run
    wait(&member) {
      runs.load(ordering: .sequentiallyConsistent) != last || isEnded.load(ordering: .sequentiallyConsistent)
    }
    if isEnded.load(ordering: .sequentiallyConsistent) { return nil }
    member.run = runs.load(ordering: .sequentiallyConsistent)
    return member.run
  }

  /// Lets all threads return from `awaitRun`.
  func end() {
    isEnded.store(true, ordering: .sequentiallyConsistent)
    wake()
  }

  /// Takes part in a run until all of it is done.
  package func takePart(in run: Int, _ member: inout Member) {
    for phase in program.phases.indices {
      take(phase, member.thread, run, &member)
      for share in program.phases[phase].indices where !isDone(phase, share, run) {
        if isBegun(phase, share, run, waiting: !member.isAbsent[share]) {
          member.isAbsent[share] = false
        } else {
          member.isAbsent[share] = take(phase, share, run, &member)
        }
      }
      let isDone = { self.program.phases[phase].indices.allSatisfy { self.isDone(phase, $0, run) } }
      wait(&member, until: isDone) { isStalled.store(true, ordering: .relaxed) }
    }
  }

  /// The marks of a thread's shares lie together, since mostly it alone writes them.
  private func mark(_ phase: Int, _ share: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    marks + share * program.phases.count + phase
  }

  private func isDone(_ phase: Int, _ share: Int, _ run: Int) -> Bool {
    program.phases[phase][share].isEmpty
      || mark(phase, share).pointee.load(ordering: .sequentiallyConsistent) >= 2 * run
  }

  private func isBegun(_ phase: Int, _ share: Int, _ run: Int, waiting: Bool) -> Bool {
    for _ in 0..<(waiting ? Self.courtesy : 1) {
      if mark(phase, share).pointee.load(ordering: .relaxed) >= 2 * run - 1 { return true }
    }
    return false
  }

  /// Runs a share if nobody has begun it.
  @discardableResult
  private func take(_ phase: Int, _ share: Int, _ run: Int, _ member: inout Member) -> Bool {
    if program.phases[phase][share].isEmpty { return false }
    let mark = mark(phase, share)
    let (isMine, _) = mark.pointee.compareExchange(
      expected: 2 * run - 2, desired: 2 * run - 1, ordering: .acquiringAndReleasing)
    guard isMine else { return false }
    program.run(phase: phase, share: share, thread: member.thread)
    mark.pointee.store(2 * run, ordering: .sequentiallyConsistent)
    wake()
    if isStalled.load(ordering: .relaxed) {
      isStalled.store(false, ordering: .relaxed)
      // The caller may have slept between two runs.
      if member.thread > 0 { crowd.note(member.lostTime.lap()) }
    }
    return true
  }

  /// Waits for what another thread brings about before it calls `wake`: awake for a while, then asleep, since whoever waits for a
  /// thread that has lost its core to another process should give up its own for it.
  private func wait(_ member: inout Member, until holds: () -> Bool, beforeSleep: () -> Void = {}) {
    for _ in 0..<min(patience, 256) where holds() { return }
    let start = Nanoseconds.now
    while Nanoseconds.now - start < patience {
      for _ in 0..<256 where holds() { return }
    }
    beforeSleep()
    condition.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !holds() { condition.wait() }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
    member.lostTime = LostTime()
  }

  /// Sequential consistency makes sure that either this sees the sleeper, or the sleeper what it waits for.
  private func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }
}
