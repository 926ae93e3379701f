import CoppiceAutodiff
import CoppiceTensors
import Testing

/// How many threads a plan takes, and what each of them does.
struct ThreadPlanTests {
  /// One step over 65,536 elements, which reads and writes each: 131,072 of the plan's operations.
  private func oneStep() throws -> Plan {
    Plan(try Graph.trace { $0.output("y", $0.input("x", [65_536]).offset(by: 1)) })
  }

  @Test("small steps stay on one thread, however many there are")
  func small() throws {
    let graph = try Graph.trace { builder in
      var x = builder.input("x", [100, 20])
      for _ in 0..<30 { x = x.relu.offset(by: 1) }
      builder.output("y", x)
      builder.output("z", builder.input("x2", [100, 20]).tanh)
    }
    let plan = Plan(graph)
    let threads = ThreadPlan(plan, threads: 8)
    #expect(threads.threads == 1 && threads.phases.count == 1)
    #expect(threads.phases[0][0].map(\.step) == Array(plan.steps.indices))
    #expect(threads.time == plan.steps.map(\.work).reduce(0, +))
  }

  @Test(
    "a step has no more threads than its work is worth",
    arguments: [(131_073, 1), (65_537, 1), (32_768, 4), (16_384, 8), (4096, 16)])
  func worth(handover: Int, shares: Int) throws {
    let plan = try oneStep()
    #expect(plan.steps[0].work == 131_072)
    let threads = ThreadPlan(plan, threads: 16, handover: handover)
    #expect(threads.phases[0].count { !$0.isEmpty } == shares)
    #expect(threads.threads == shares)
  }

  @Test("two threads where both gain by it, one where the handing over eats the gain")
  func gain() throws {
    let plan = try oneStep()
    #expect(ThreadPlan(plan, threads: 2).threads == 2)
    // Half of it is worth 65,536: less than it costs to hand it over.
    #expect(ThreadPlan(plan, threads: 2, handover: 65_536).threads == 1)
    #expect(ThreadPlan(plan, threads: 1).threads == 1)
  }

  @Test(
    "every unit is computed once, and the shares of a phase do not meet",
    arguments: [2, 3, 8], [0, 100, 2000])
  func phases(threads: Int, handover: Int) throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [12, 3, 8, 8])
      let parameters = [
        builder.parameter("w", [5, 3, 3, 3]), builder.parameter("g", [5]), builder.parameter("b", [5]),
        builder.parameter("v", [7, 180]),
      ]
      let planes = x.convolution(parameters[0]).batchNormalized(gamma: parameters[1], beta: parameters[2]).y
      let rows = planes.relu.flattened(from: 1)
      let y = builder.apply(Affine(hasBias: false), rows, parameters[3])
      for (name, gradient) in zip(
        ["w", "g", "b", "v"], builder.gradients(of: y.sumOfSquares, wrt: parameters))
      {
        builder.output("d\(name)", gradient)
      }
    }.simplified
    let plan = Plan(graph)
    let shares = ThreadPlan(plan, threads: threads, handover: handover)
    #expect(shares == ThreadPlan(plan, threads: threads, handover: handover))
    if handover == 0 { #expect(shares.threads == threads) }
    var done = plan.steps.map { _ in [Range<Int>]() }
    for phase in shares.phases {
      for (place, share) in phase.enumerated() {
        for part in share {
          done[part.step].append(part.units)
          for other in phase[(place + 1)...].joined() where other.step != part.step {
            #expect(!meets(plan, part.step, other.step), "\(part.step) and \(other.step)")
          }
        }
      }
    }
    for (step, ranges) in done.enumerated() {
      #expect(ranges.flatMap(Array.init).sorted() == Array(0..<plan.steps[step].kernel.units))
    }
    // What a step reads was written in an earlier phase or earlier in the same share.
    let order = shares.phases.flatMap { $0.joined().map(\.step) }
    #expect(Set(order) == Set(plan.steps.indices))
  }

  /// Whether one of two steps writes what the other touches.
  private func meets(_ plan: Plan, _ first: Int, _ second: Int) -> Bool {
    func bytes(_ index: Int) -> [(isLeaf: Bool, bytes: Range<Int>, writes: Bool)] {
      let step = plan.steps[index]
      let signature = plan.graph.signature(of: step.node)
      return zip(step.operands, signature.inputs + signature.outputs).enumerated().map { place, operand in
        switch operand.0 {
        case .leaf(let offset): (true, offset..<offset + operand.1.size, place >= step.inputCount)
        case .arena(let offset): (false, offset..<offset + operand.1.size, place >= step.inputCount)
        }
      }
    }
    return bytes(first).contains { a in
      bytes(second).contains { b in
        (a.writes || b.writes) && a.isLeaf == b.isLeaf && a.bytes.overlaps(b.bytes)
      }
    }
  }
}
