import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Gradients that stop, and gradients that pass as another function's.
struct SurrogateTests {
  private func outputs(_ body: (Value) -> [(String, Value)], _ x: [Double]) throws -> [String: [Double]] {
    let graph = try Graph.trace { builder in
      for (name, value) in body(builder.input("x", [x.count])) { builder.output(name, value) }
    }
    return try Interpreter.outputs(of: graph, ["x": ReferenceArray([x.count], x)]).mapValues(\.scalars)
  }

  @Test func aStepLetsTheGradientThrough() throws {
    let found = try outputs(
      { x in
        let y = x.throughStep
        let loss = (y * x).sum
        return [("y", y), ("gradient", x.builder.gradients(of: loss, wrt: [x])[0])]
      }, [-2, 0, 0.5])
    #expect(found["y"] == [0, 0, 1])
    // y + x · 1: the product rule with the step's gradient taken as 1.
    #expect(found["gradient"] == [-2, 0, 1.5])
  }

  @Test func aDetachedValueIsAConstant() throws {
    let found = try outputs(
      { x in
        let loss = (x.detached * x * x).sum
        let gradient = x.builder.gradients(of: loss, wrt: [x])[0]
        let second = x.builder.gradients(of: gradient.sum, wrt: [x])[0]
        return [("loss", loss), ("gradient", gradient), ("second", second)]
      }, [-2, 3])
    #expect(found["loss"] == [19] && found["gradient"] == [8, 18] && found["second"] == [-4, 6])
  }

  @Test func aDetachedValueTakesNoMemory() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [64])
      builder.output("y", (x + x).detached)
    }
    let plan = Plan(graph)
    #expect(plan.steps.count == 1 && plan.arenaSize == 256)
  }
}
