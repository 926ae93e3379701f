import CoppiceAutodiff
import CoppiceTensors
import Testing

struct ScalesTests {
  @Test func theScaleOfTheNormalizationBehindAWeight() throws {
    for isTraining in [true, false] {
      let graph = try Graph.trace { builder in
        func weight(_ x: Value, _ name: String) -> Value {
          x.convolution(
            builder.parameter(name, [3, x.shape[1], 1, 1]), bias: builder.parameter("\(name).bias", [3]))
        }
        func normalized(_ x: Value, _ name: String) -> Value {
          // The shift is declared first: what tells a scale from a shift is where the normalisation reads it.
          let (shift, scale) = (builder.parameter("\(name).b", [3]), builder.parameter("\(name).g", [3]))
          guard !isTraining else { return x.batchNormalized(gamma: scale, beta: shift).y }
          return x.batchNormalized(
            gamma: scale, beta: shift, mean: builder.state("\(name).mean", [3]),
            variance: builder.state("\(name).variance", [3]))
        }
        let x = normalized(weight(builder.input("x", [2, 2, 4, 4]), "first"), "n1")
        let y = normalized(weight(x.relu, "inner"), "n2")
        builder.output("y", weight(normalized(x + y, "after").relu, "last"))
      }
      #expect(graph.scale(behind: "first") == "n1.g")
      #expect(graph.scale(behind: "inner") == "n2.g")
      #expect(graph.scale(behind: "last") == nil)
      #expect(graph.scale(behind: "no such weight") == nil)
    }
  }

  @Test("a layer normalisation scales features and no channels") func layerNormalization() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [2, 4]).product(builder.parameter("w", [3, 4]), transposingOther: true)
      builder.output(
        "y", x.layerNormalized(gamma: builder.parameter("g", [3]), beta: builder.parameter("b", [3])))
    }
    #expect(graph.companions(of: "w") == ["g", "b"])
    #expect(graph.scale(behind: "w") == nil)
  }
}
