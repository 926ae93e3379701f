import Foundation
import Synchronization

/// Threads that are kept for the lifetime of an executor and run every step of a program together, each its fixed share.
///
/// `@unchecked Sendable`: the mutable state is atomic or guarded by `condition`.
final class Team: @unchecked Sendable {
  /// `@unchecked Sendable`: only atomics change; the condition guards nothing but sleep.
  private final class State: @unchecked Sendable {
    let program: Program
    let condition = NSCondition()
    let run = Atomic<Int>(0)
    let arrived = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)

    init(_ program: Program) { self.program = program }

    /// Waits until every thread has come to its `count`-th barrier.
    func wait(_ count: inout Int) {
      count += 1
      let all = count * program.threads
      if arrived.add(1, ordering: .acquiringAndReleasing).newValue >= all { return }
      var spins = 0
      while arrived.load(ordering: .acquiring) < all {
        spins += 1
        if spins > 4_000 { sched_yield() }
      }
    }
  }

  private let state: State
  private var barriers = 0

  init(_ program: Program) {
    state = State(program)
    for thread in 1..<program.threads {
      let worker = Thread { [state] in Self.work(state, thread) }
      worker.stackSize = 1 << 20
      worker.start()
    }
  }

  deinit {
    state.isDone.store(true, ordering: .releasing)
    wake()
  }

  func run() {
    state.run.add(1, ordering: .acquiringAndReleasing)
    wake()
    state.program.run(thread: 0) { state.wait(&barriers) }
    // Nobody may still be reading when the caller writes the next batch.
    state.wait(&barriers)
  }

  private func wake() {
    state.condition.lock()
    state.condition.broadcast()
    state.condition.unlock()
  }

  private static func work(_ state: State, _ thread: Int) {
    var runs = 0
    var barriers = 0
    while true {
      var spins = 0
      while state.run.load(ordering: .acquiring) == runs, !state.isDone.load(ordering: .acquiring) {
        spins += 1
        guard spins > 50_000 else { continue }
        state.condition.lock()
        while state.run.load(ordering: .acquiring) == runs, !state.isDone.load(ordering: .acquiring) {
          state.condition.wait()
        }
        state.condition.unlock()
      }
      if state.isDone.load(ordering: .acquiring) { return }
      runs += 1
      state.program.run(thread: thread) { state.wait(&barriers) }
      state.wait(&barriers)
    }
  }
}
