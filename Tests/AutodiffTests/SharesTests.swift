import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Threads that come late, or not at all.
struct SharesTests {
  /// A state that each run adds 1 to, and in a phase of its own one that each run adds the first to; in three shares.
  private func counter() throws -> (memory: PlanMemory, program: Program) {
    let plan = Plan(
      try Graph.trace { builder in
        let (count, sum) = (builder.state("count", [300]), builder.state("sum", [300]))
        let next = count.offset(by: 1)
        builder.update(count, with: next)
        builder.update(sum, with: sum + next)
      })
    #expect(plan.copies.isEmpty)
    let threads = ThreadPlan(plan, threads: 3, handover: 0)
    #expect(threads.phases.map { $0.count { !$0.isEmpty } } == [3, 3])
    let memory = PlanMemory(plan, threads: 3)
    return (memory, Program(plan, memory, threads))
  }

  /// The different elements of both states.
  private func values(_ memory: PlanMemory) -> [Set<Float>] {
    [0, 1216].map {
      let base = memory.address(.leaf($0)).assumingMemoryBound(to: Float.self)
      return Set(UnsafeBufferPointer(start: base, count: 300))
    }
  }

  @Test("a thread alone does the shares of all")
  func alone() throws {
    let (memory, program) = try counter()
    let shares = Shares(program, patience: 0)
    var member = Shares.Member(0, of: 3)
    for run in 1...4 {
      #expect(shares.begin() == run)
      shares.takePart(in: run, &member)
      #expect(values(memory) == [[Float(run)], [Float(run * (run + 1) / 2)]])
    }
  }

  @Test("a thread that comes when all is done does nothing, nor one that is still at an earlier run")
  func late() throws {
    let (memory, program) = try counter()
    let shares = Shares(program, patience: 0)
    var (first, second) = (Shares.Member(0, of: 3), Shares.Member(1, of: 3))
    for run in 1...3 {
      _ = shares.begin()
      shares.takePart(in: run, &first)
    }
    for run in [3, 1, 2] { shares.takePart(in: run, &second) }
    #expect(values(memory) == [[3], [6]])
    _ = shares.begin()
    shares.takePart(in: 4, &second)
    shares.takePart(in: 4, &first)
    #expect(values(memory) == [[4], [10]])
  }
}
