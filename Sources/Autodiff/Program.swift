/// The steps of a plan with their addresses settled, as threads run them.
///
/// `@unchecked Sendable`: immutable after `init`; the pointer table belongs to it alone.
package final class Program: @unchecked Sendable {
  private struct Instruction {
    let kernel: Kernel
    let operands: Int
    let inputCount: Int
  }

  let threads: Int
  /// The shares of each phase, each with the parts of one thread.
  let phases: [ThreadPlan.Phase]
  private let memory: PlanMemory
  private let instructions: [Instruction]
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>

  package init(_ plan: Plan, _ memory: PlanMemory, _ threads: ThreadPlan) {
    (self.threads, phases) = (threads.threads, threads.phases)
    self.memory = memory
    let addresses = plan.steps.flatMap { $0.operands.map(memory.address) }
    table = .allocate(capacity: max(1, addresses.count))
    table.initialize(from: addresses, count: addresses.count)
    var operands = 0
    instructions = plan.steps.map { step in
      defer { operands += step.operands.count }
      return Instruction(kernel: step.kernel, operands: operands, inputCount: step.inputCount)
    }
  }

  deinit { table.deallocate() }

  /// Runs all of it on one thread.
  package func run() {
    for step in instructions.indices { run(step: step) }
  }

  /// Runs one share of a phase, in the scratch memory of `thread`, whoever it was meant for.
  @inline(__always) func run(phase: Int, share: Int, thread: Int) {
    for part in phases[phase][share] { run(step: part.step, part.units, thread: thread) }
  }

  /// Runs all of one step.
  func run(step: Int) { run(step: step, 0..<instructions[step].kernel.units, thread: 0) }

  @inline(__always) private func run(step: Int, _ units: Range<Int>, thread: Int) {
    let instruction = instructions[step]
    let arguments = KernelArguments(
      pointers: UnsafePointer(table + instruction.operands), inputCount: instruction.inputCount,
      scratch: memory.scratch(thread: thread))
    instruction.kernel.body(arguments, units)
  }
}
