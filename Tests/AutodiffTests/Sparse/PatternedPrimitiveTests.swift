import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Other survivors in a plan that stays.
@Suite(.serialized) struct PatternedPrimitiveTests {
  /// Every third element from the first, from the second …: as many of 24 · 9 each time, in rows of other lengths.
  private func pattern(_ shape: Shape, of name: String, from first: Int) -> SparsePattern {
    SparsePattern(Mask(shape, (0..<shape.count).map { $0 % 3 == first ? 1 : 0 }), of: name)
  }

  private func patterns(from first: Int) -> [String: SparsePattern] {
    [
      "filters": pattern([4, 2, 3, 3], of: "filters", from: first),
      "weight": pattern([6, 144], of: "weight", from: first),
    ]
  }

  /// The step of a network with a convolution and a linear layer: output, and the gradients of both weights.
  private func graph(_ patterns: [String: SparsePattern]) throws -> Graph {
    let network = try Graph.trace { builder in
      let x = builder.input("x", [5, 2, 6, 6])
      let planes = x.convolution(builder.parameter("filters", [4, 2, 3, 3]), padding: 1)
      let y = builder.apply(
        Affine(hasBias: false), planes.flattened(from: 1), builder.parameter("weight", [6, 144]))
      builder.output("y", y)
    }
    return try Graph.trace { builder in
      let y = try #require(builder.replay(network, sparse: patterns)["y"])
      builder.output("y", y)
      let weights = ["filters", "weight"].map { builder.parameter($0, [patterns[$0]?.count ?? 0]) }
      for (name, gradient) in zip(patterns.keys.sorted(), builder.gradients(of: (y * y).sum, wrt: weights)) {
        builder.output(name, gradient)
      }
    }.simplified
  }

  private func fill(_ executor: Executor) {
    executor.write("x", (0..<360).map { Float($0 * 37 % 101) / 50 - 1 })
    for (name, count) in [("filters", 24), ("weight", 288)] {
      executor.write(name, (0..<count).map { Float($0 * 53 % 97) / 48 - 1 })
    }
  }

  private func results(_ executor: Executor) -> [[UInt32]] {
    executor.run()
    return ["y", "filters", "weight"].map { executor.output($0).scalars.map(\.bitPattern) }
  }

  @Test(arguments: [1, 2]) func exchangedPatternsGiveTheBitsOfANewPlan(threads: Int) throws {
    let executor = Executor(Plan(try graph(patterns(from: 0))), threads: threads, handover: 0)
    fill(executor)
    var last = results(executor)
    for first in [1, 2, 0] {
      let new = patterns(from: first)
      executor.exchange(new)
      let fresh = Executor(Plan(try graph(new)), threads: threads, handover: 0)
      fill(fresh)
      let found = results(executor)
      #expect(found == results(fresh))
      #expect(found != last)
      #expect("\(executor.plan.graph)" == "\(fresh.plan.graph)")
      last = found
    }
  }

  @Test func whatIsNotNamedStays() throws {
    let plan = Plan(try graph(patterns(from: 0)))
    let changed = plan.exchanging(patterns(from: 1).filter { $0.key == "weight" })
    for (before, after) in zip(plan.graph.nodes, changed.graph.nodes) {
      let pattern = (before.primitive as? any PatternedPrimitive)?.pattern
      let new = (after.primitive as? any PatternedPrimitive)?.pattern
      #expect((pattern == new) == (pattern?.weight != "weight"))
    }
  }

  @Test func survivorsThatStayTakeTheirValuesAlong() {
    let old = SparsePattern(Mask([2, 4], [1, 1, 0, 1, 0, 0, 1, 0]))
    let new = SparsePattern(Mask([2, 4], [0, 1, 1, 1, 0, 0, 0, 1]))
    #expect(old.carried([5, 6, 7, 8], to: new) == [6, 0, 7, 0])
    #expect(old.carried([5, 6, 7, 8], to: old) == [5, 6, 7, 8])
  }
}
