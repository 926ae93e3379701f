import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Where a plan puts arrays: buffers come back into use, and updates happen where the leaf lies.
struct PlanTests {
  private let bytes = 4 * 1024

  private func plan(_ body: (GraphBuilder) -> Void) throws -> Plan {
    let graph = try Graph.trace(body).simplified
    try graph.verify()
    return Plan(graph)
  }

  @Test("a chain of elementwise operations runs in one buffer")
  func chainsRunInPlace() throws {
    let plan = try plan { builder in
      let x = builder.input("x", [32, 32])
      builder.output("y", (0..<9).reduce(x) { y, _ in y.exponential.scaled(by: 0.5) })
    }
    #expect(plan.arenaSize == bytes)
    #expect(plan.leafSize == bytes)
  }

  @Test("a chain of operations that cannot run in place needs two buffers")
  func buffersAreReused() throws {
    let plan = try plan { builder in
      let x = builder.input("x", [32, 32])
      builder.output("y", (0..<9).reduce(x) { y, _ in y.transposed([1, 0]) })
    }
    #expect(plan.arenaSize == 2 * bytes)
  }

  @Test("a view shares its input's buffer, which stays until the view's last reader")
  func viewsShare() throws {
    let plan = try plan { builder in
      let y = builder.input("x", [32, 32]).exponential
      builder.output("y", y.flattened.scaled(by: 2) + y.transposed([1, 0]).flattened)
    }
    #expect(plan.arenaSize == 3 * bytes)
  }

  @Test("an input is never overwritten, nor a value that is read later")
  func inputsSurvive() throws {
    let plan = try plan { builder in
      let x = builder.input("x", [4])
      let y = x.exponential
      builder.output("z", y.scaled(by: 2) + y)
      builder.output("x + 1", x.offset(by: 1))
    }
    let executor = Executor(plan)
    executor.write("x", [0, 0, 0, 0])
    for _ in 0..<2 {
      executor.run()
      #expect(executor.output("z").scalars == [3, 3, 3, 3])
      #expect(executor.output("x + 1").scalars == [1, 1, 1, 1])
      #expect(executor.leafTensor("x").scalars == [0, 0, 0, 0])
    }
  }

  @Test("an update is made in place where nobody reads the old value later, else copied at the end")
  func updatesInPlace() throws {
    let plan = try plan { builder in
      let (a, b) = (builder.parameter("a", [4]), builder.parameter("b", [4]))
      builder.update(a, with: a.scaled(by: 2))
      builder.update(b, with: b.scaled(by: 2))
      builder.output("old b + 1", b.offset(by: 1))
    }
    #expect(plan.copies.count == 1)
    let executor = Executor(plan)
    executor.write("a", [1, 2, 3, 4])
    executor.write("b", [1, 2, 3, 4])
    executor.run()
    executor.run()
    #expect(executor.leafTensor("a").scalars == [4, 8, 12, 16])
    #expect(executor.leafTensor("b").scalars == [4, 8, 12, 16])
    #expect(executor.output("old b + 1").scalars == [3, 5, 7, 9])
  }

  @Test("a state may keep another leaf's value of before the run; two may change places")
  func leavesMoveAtOnce() throws {
    let plan = try plan { builder in
      let (w, previous) = (builder.parameter("w", [2]), builder.state("previous", [2]))
      let before = builder.state("before", [2])
      builder.update(w, with: w.offset(by: 1))
      builder.update(previous, with: w)
      builder.update(before, with: previous)
      let (a, b) = (builder.state("a", [], initial: 1), builder.state("b", [], initial: 2))
      builder.update(a, with: b)
      builder.update(b, with: a)
    }
    let executor = Executor(plan)
    for _ in 0..<3 { executor.run() }
    #expect(executor.leafTensor("w").scalars == [3, 3])
    #expect(executor.leafTensor("previous").scalars == [2, 2])
    #expect(executor.leafTensor("before").scalars == [1, 1])
    #expect(executor.leafTensor("a").scalars == [2])
    #expect(executor.leafTensor("b").scalars == [1])
  }

  @Test("a value may update two leaves")
  func oneValueUpdatesTwo() throws {
    let plan = try plan { builder in
      let (a, b) = (builder.parameter("a", [2]), builder.parameter("b", [2]))
      let sum = a + b
      builder.update(a, with: sum)
      builder.update(b, with: sum)
    }
    let executor = Executor(plan)
    executor.write("a", [1, 2])
    executor.write("b", [3, 4])
    executor.run()
    #expect(executor.leafTensor("a").scalars == [4, 6])
    #expect(executor.leafTensor("b").scalars == [4, 6])
  }
}
