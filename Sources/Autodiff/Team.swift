import Foundation
import Synchronization

/// Threads that are kept for the lifetime of an executor and run every step of a program together, each its fixed share.
///
/// `@unchecked Sendable`: the mutable state is atomic or belongs to the one thread that runs the executor.
final class Team: @unchecked Sendable {
  /// `@unchecked Sendable`: only atomics change; the condition guards nothing but sleep.
  private final class State: @unchecked Sendable {
    let program: Program
    private let condition = NSCondition()
    private let sleepers = Atomic<Int>(0)
    private let spins: Int
    let runs = Atomic<Int>(0)
    let arrived = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)

    init(_ program: Program, spins: Int) { (self.program, self.spins) = (program, spins) }

    /// Waits until every thread has come to its `count`-th barrier.
    func meet(_ count: inout Int) {
      count += 1
      let all = count * program.threads
      if arrived.add(1, ordering: .sequentiallyConsistent).newValue >= all {
        wake()
      } else {
        wait { arrived.load(ordering: .sequentiallyConsistent) >= all }
      }
    }

    /// Waits for what another thread brings about before it calls `wake`. Most waits are shorter than falling asleep, so it
    /// spins first; but whoever waits for a thread that has lost its core to another process should give up its
    /// own for it.
    func wait(until holds: () -> Bool) {
      for _ in 0..<spins where holds() { return }
      condition.lock()
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while !holds() { condition.wait() }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      condition.unlock()
    }

    /// Sequential consistency makes sure that either this sees the sleeper, or the sleeper what it waits for.
    func wake() {
      guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }
  }

  private let state: State
  private var barriers = 0

  /// How often a waiting thread looks again before it falls asleep: for some 100 µs.
  static let spins = 200_000

  init(_ program: Program, spins: Int) {
    state = State(program, spins: spins)
    for thread in 1..<program.threads {
      let worker = Thread { [state] in Self.work(state, thread) }
      worker.stackSize = 1 << 20
      worker.start()
    }
  }

  deinit {
    state.isDone.store(true, ordering: .sequentiallyConsistent)
    state.wake()
  }

  func run() {
    state.runs.add(1, ordering: .sequentiallyConsistent)
    state.wake()
    state.program.run(thread: 0) { state.meet(&barriers) }
    // Nobody may still be reading when the caller writes the next batch.
    state.meet(&barriers)
  }

  private static func work(_ state: State, _ thread: Int) {
    var runs = 0
    var barriers = 0
    while true {
      state.wait {
        state.runs.load(ordering: .sequentiallyConsistent) != runs
          || state.isDone.load(ordering: .sequentiallyConsistent)
      }
      if state.isDone.load(ordering: .sequentiallyConsistent) { return }
      runs += 1
      state.program.run(thread: thread) { state.meet(&barriers) }
      state.meet(&barriers)
    }
  }
}
