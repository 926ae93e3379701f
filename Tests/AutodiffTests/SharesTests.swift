import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Threads that come late, or not at all.
struct SharesTests {
  /// A state that each run adds 1 to, in three shares and several phases.
  private func counter() throws -> (plan: Plan, memory: PlanMemory, program: Program) {
    let plan = Plan(
      try Graph.trace { builder in
        let count = builder.state("count", [300])
        builder.update(count, with: count.offset(by: 2).scaled(by: 0.5).scaled(by: 2).offset(by: -1))
      })
    let memory = PlanMemory(plan, threads: 3)
    let program = Program(plan, memory, ThreadPlan(plan, threads: 3, handover: 0))
    #expect(plan.copies.isEmpty)
    return (plan, memory, program)
  }

  private func values(_ memory: PlanMemory) -> Set<Float> {
    let base = memory.address(.leaf(0)).assumingMemoryBound(to: Float.self)
    return Set(UnsafeBufferPointer(start: base, count: 300))
  }

  @Test("a thread alone does the shares of all")
  func alone() throws {
    let (_, memory, program) = try counter()
    let shares = Shares(program, patience: 0)
    var member = Shares.Member(0, of: 3)
    for run in 1...4 {
      #expect(shares.begin() == run)
      shares.takePart(in: run, &member)
      #expect(values(memory) == [Float(run)])
    }
  }

  @Test("a thread that comes when all is done does nothing, nor one that is still at an earlier run")
  func late() throws {
    let (_, memory, program) = try counter()
    let shares = Shares(program, patience: 0)
    var (first, second) = (Shares.Member(0, of: 3), Shares.Member(1, of: 3))
    for run in 1...3 {
      _ = shares.begin()
      shares.takePart(in: run, &first)
    }
    for run in [3, 1, 2] { shares.takePart(in: run, &second) }
    #expect(values(memory) == [3])
    _ = shares.begin()
    shares.takePart(in: 4, &second)
    shares.takePart(in: 4, &first)
    #expect(values(memory) == [4])
  }
}
