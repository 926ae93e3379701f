import CoppiceAutodiff
import CoppiceTensors
import Testing

struct CompanionsTests {
  private func normalized(_ x: Value, _ name: String) -> Value {
    let channels = x.shape[1]
    let builder = x.builder
    return x.batchNormalized(
      gamma: builder.parameter("\(name).scale", [channels]),
      beta: builder.parameter("\(name).shift", [channels]),
      mean: builder.state("\(name).mean", [channels]), variance: builder.state("\(name).variance", [channels])
    )
  }

  private func convolved(_ x: Value, _ name: String, _ outputs: Int, kernel: Int = 1, hasBias: Bool = false)
    -> Value
  {
    x.convolution(
      x.builder.parameter(name, [outputs, x.shape[1], kernel, kernel]),
      bias: hasBias ? x.builder.parameter("\(name).bias", [outputs]) : nil, padding: kernel / 2)
  }

  @Test func biasAndNormalizationBehindRectifierAndPooling() throws {
    let graph = try Graph.trace { builder in
      let x = convolved(builder.input("x", [2, 2, 4, 4]), "c", 3, hasBias: true)
      let y = convolved(normalized(x.relu.maxPooled(2), "n"), "d", 3)
      builder.output("y", y)
    }
    #expect(graph.companions(of: "c") == ["c.bias", "n.scale", "n.shift"])
    #expect(graph.companions(of: "d") == [])
    #expect(graph.companions(of: "no such weight") == [])
  }

  @Test("a residual sum is where a weight's own vectors end") func residualSum() throws {
    let graph = try Graph.trace { builder in
      let x = normalized(convolved(builder.input("x", [2, 2, 4, 4]), "first", 3), "n1")
      let y = normalized(convolved(x.relu, "inner", 3), "n2")
      builder.output("y", normalized(x + y, "after"))
    }
    #expect(graph.companions(of: "first") == ["n1.scale", "n1.shift"])
    #expect(graph.companions(of: "inner") == ["n2.scale", "n2.shift"])
  }

  @Test("rows that become blocks, heads or parts of a longer axis are followed no further") func notOneToOne()
    throws
  {
    let graph = try Graph.trace { builder in
      func added(_ x: Value, _ name: String) -> Value { x + builder.parameter(name, [x.shape[-1]]) }
      func weight(_ x: Value, _ name: String, _ outputs: Int) -> Value {
        x.product(builder.parameter(name, [outputs, x.shape[-1]]), transposingOther: true)
      }
      let flat = convolved(builder.input("x", [2, 2, 2, 2]), "c", 3).flattened(from: 1)
      builder.output("a", added(flat, "blocks"))
      let x = builder.input("z", [2, 3, 4])
      builder.output("b", added(weight(x, "packed", 12).selfAttention(heads: 2), "heads"))
      builder.output("c", added(weight(x, "long", 4).sliced(2, 0..<3), "some"))
      builder.output("d", added(added(weight(x, "plain", 4).gelu, "own"), "further"))
      builder.output("e", added(weight(x, "narrow", 3).padded(2, before: 1, after: 0), "wide"))
    }
    for name in ["c", "packed", "long", "narrow"] { #expect(graph.companions(of: name) == [], "\(name)") }
    // A vector that is repeated before it is added is one all the same.
    #expect(graph.companions(of: "plain") == ["own", "further"])
  }

  @Test func aVectorOfTwoWeightsBelongsToNone() throws {
    let graph = try Graph.trace { builder in
      let shared = builder.parameter("shared", [3])
      let x = builder.input("x", [4, 5])
      let (a, b) = (builder.parameter("a", [3, 5]), builder.parameter("b", [3, 5]))
      builder.output("a", builder.apply(Affine(hasBias: true), x, a, shared))
      builder.output("b", builder.apply(Affine(hasBias: true), x, b, shared))
    }
    #expect(graph.companions(of: "a") == [])
  }

  @Test("a vector in another order is no companion") func otherOrder() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [4, 5]).product(builder.parameter("a", [2, 5]), transposingOther: true)
      let swapped = x.sliced(1, 1..<2).concatenated(with: x.sliced(1, 0..<1), axis: 1)
      builder.output("y", swapped + builder.parameter("b", [2]))
    }
    #expect(graph.companions(of: "a") == [])
  }

  @Test("a row of a matrix takes the features of its output, not of its input") func square() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [4, 3]) + builder.parameter("before", [3])
      let y = builder.apply(
        Affine(hasBias: true), x, builder.parameter("w", [3, 3]), builder.parameter("b", [3]))
      builder.output(
        "y", y.layerNormalized(gamma: builder.parameter("scale", [3]), beta: builder.parameter("shift", [3])))
    }
    #expect(graph.companions(of: "w") == ["b", "scale", "shift"])
  }
}
