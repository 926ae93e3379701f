import Foundation
import Synchronization

/// The steps of a plan with their addresses settled, as each of several threads runs them.
///
/// `@unchecked Sendable`: immutable after `init`; the pointer table belongs to it alone.
final class Program: @unchecked Sendable {
  private struct Instruction {
    let kernel: Kernel
    let operands: Int
    let inputCount: Int
    let isShared: Bool
    /// Whether the first thread has run alone since the last barrier.
    let waitsBefore: Bool
  }

  /// Below this much work a step runs on one thread: handing it over would cost more than it saves.
  static let leastSharedWork = 16_384

  let threads: Int
  private let memory: PlanMemory
  private var instructions: [Instruction] = []
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>

  init(_ plan: Plan, _ memory: PlanMemory, threads: Int, leastSharedWork: Int = Program.leastSharedWork) {
    self.threads = threads
    self.memory = memory
    let addresses = plan.steps.flatMap { $0.operands.map(memory.address) }
    table = .allocate(capacity: max(1, addresses.count))
    table.initialize(from: addresses, count: addresses.count)
    var operands = 0
    var isDirty = true
    for step in plan.steps {
      let isShared = threads > 1 && step.kernel.units > 1 && step.work >= leastSharedWork
      instructions.append(
        Instruction(
          kernel: step.kernel, operands: operands, inputCount: step.inputCount, isShared: isShared,
          waitsBefore: isShared && isDirty))
      isDirty = !isShared
      operands += step.operands.count
    }
  }

  deinit { table.deallocate() }

  func run(thread: Int, barrier: () -> Void) {
    for index in instructions.indices {
      if instructions[index].isShared {
        if instructions[index].waitsBefore { barrier() }
        run(step: index, thread: thread)
        barrier()
      } else if thread == 0 {
        run(step: index, thread: 0)
      }
    }
  }

  @inline(__always) func run(step: Int, thread: Int) {
    let instruction = instructions[step]
    let arguments = KernelArguments(
      pointers: UnsafePointer(table + instruction.operands), inputCount: instruction.inputCount,
      scratch: memory.scratch(thread: thread))
    let units = instruction.kernel.units
    guard instruction.isShared else { return instruction.kernel.body(arguments, 0..<units) }
    let range = (units * thread / threads)..<(units * (thread + 1) / threads)
    if !range.isEmpty { instruction.kernel.body(arguments, range) }
  }
}

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
        guard spins > 20_000 else { continue }
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
