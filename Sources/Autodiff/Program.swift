/// The steps of a plan with their addresses settled, as each of several threads runs them.
///
/// `@unchecked Sendable`: immutable after `init`; the pointer table belongs to it alone.
final class Program: @unchecked Sendable {
  private struct Instruction {
    let kernel: Kernel
    let operands: Int
    let inputCount: Int
    let assignment: ThreadPlan.Assignment
  }

  let threads: Int
  private let memory: PlanMemory
  private let instructions: [Instruction]
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>

  init(
    _ plan: Plan, _ memory: PlanMemory, threads: Int, leastSharedWork: Int = ThreadPlan.leastSharedWork
  ) {
    self.threads = threads
    self.memory = memory
    let addresses = plan.steps.flatMap { $0.operands.map(memory.address) }
    table = .allocate(capacity: max(1, addresses.count))
    table.initialize(from: addresses, count: addresses.count)
    let assignments = ThreadPlan.assignments(plan, threads: threads, leastSharedWork: leastSharedWork)
    var operands = 0
    instructions = zip(plan.steps, assignments).map { step, assignment in
      defer { operands += step.operands.count }
      return Instruction(
        kernel: step.kernel, operands: operands, inputCount: step.inputCount, assignment: assignment)
    }
  }

  deinit { table.deallocate() }

  func run(thread: Int, barrier: () -> Void) {
    for index in instructions.indices {
      let assignment = instructions[index].assignment
      if assignment.waitsBefore { barrier() }
      if assignment.owner == nil || assignment.owner == thread { run(step: index, thread: thread) }
    }
  }

  @inline(__always) func run(step: Int, thread: Int) {
    let instruction = instructions[step]
    let arguments = KernelArguments(
      pointers: UnsafePointer(table + instruction.operands), inputCount: instruction.inputCount,
      scratch: memory.scratch(thread: thread))
    let units = instruction.kernel.units
    guard instruction.assignment.owner == nil else { return instruction.kernel.body(arguments, 0..<units) }
    let range = (units * thread / threads)..<(units * (thread + 1) / threads)
    if !range.isEmpty { instruction.kernel.body(arguments, range) }
  }
}
