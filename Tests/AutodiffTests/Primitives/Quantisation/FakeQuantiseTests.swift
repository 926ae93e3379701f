import CoppiceAutodiff
import CoppiceTensors
import Foundation
import Testing

/// Codes of few bits against PyTorch's, in the numbers that Tests/Reference/quantisation.py wrote.
@Suite struct FakeQuantiseTests {
  private struct Reference: Decodable {
    struct Input: Decodable {
      let range: [Float]
      let scale: Float
      let zero: UInt8
      let x: [Float]
      let y: [Float]
      let codes: [UInt8]
      let seed: [Float]
      let gradient: [Float]
    }
    struct Weight: Decodable {
      let bits: Int
      let shape: [Int]
      let w: [Float]
      let scales: [Float]
      let y: [Float]
    }
    let inputs: [Input]
    let weights: [Weight]
  }

  private static func reference() throws -> Reference {
    let url = Bundle.module.url(forResource: "quantisation", withExtension: "json", subdirectory: "Fixtures")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: try #require(url)))
  }

  private func outputs(
    _ leaves: [(name: String, Shape, [Float])], _ body: ([Value]) -> [(String, Value)]
  ) throws -> Executor {
    let graph = try Graph.trace { builder in
      for (name, value) in body(leaves.map { builder.input($0.name, $0.1) }) { builder.output(name, value) }
    }.simplified
    let executor = Executor(Plan(graph))
    for (name, _, scalars) in leaves where executor.hasLeaf(name) { executor.write(name, scalars) }
    executor.run()
    return executor
  }

  @Test func inputsAndGradientsAreThoseOfPyTorch() throws {
    for input in try Self.reference().inputs {
      let code = AffineCode(below: input.range[0], above: input.range[1])
      #expect(code == AffineCode(scale: input.scale, zero: input.zero))
      #expect(input.x.map(code.code) == input.codes)
      let count = input.x.count
      let found = try outputs([
        ("x", [count], input.x), ("range", [2], input.range), ("seed", [count], input.seed),
      ]) { leaves in
        let y = leaves[0].builder.apply(FakeQuantise(), leaves[0], leaves[1])
        let gradient = y.builder.gradients(of: (y * leaves[2]).sum, wrt: [leaves[0]])[0]
        return [("y", y), ("gradient", gradient)]
      }
      #expect(found.output("y").scalars == input.y)
      #expect(found.output("gradient").scalars == input.gradient)
    }
  }

  @Test func weightsAreThoseOfPyTorch() throws {
    for weight in try Self.reference().weights {
      let shape = Shape(weight.shape)
      let found = try outputs([("w", shape, weight.w)]) { leaves in
        let y = leaves[0].builder.apply(FakeQuantiseRows(bits: weight.bits), leaves[0])
        return [("y", y), ("gradient", y.builder.gradients(of: (y * y).sum, wrt: [leaves[0]])[0])]
      }
      let rounded = found.output("y").scalars
      #expect(rounded == weight.y)
      // Straight through: the gradient of Σ y² is 2 y.
      #expect(found.output("gradient").scalars == rounded.map { 2 * $0 })
      for (row, scale) in weight.scales.enumerated() {
        let places = row * shape[1]..<(row + 1) * shape[1]
        #expect(SymmetricCode(of: weight.w[places], bits: weight.bits).scale == scale)
      }
    }
  }

  @Test func whatIsNoNumberStaysNone() throws {
    let nan = try outputs([("x", [3], [.nan, 1, 2]), ("range", [2], [0, 1])]) { leaves in
      let builder = leaves[0].builder
      return [
        ("y", builder.apply(FakeQuantise(), leaves[0], leaves[1])), ("range", leaves[0].range),
        ("rows", builder.apply(FakeQuantiseRows(bits: 8), leaves[0])),
      ]
    }
    #expect(nan.output("y").scalars[0].isNaN && nan.output("y").scalars[1...] == [1, 1])
    #expect(nan.output("range").scalars.allSatisfy { $0.isNaN })
    #expect(nan.output("rows").scalars[0].isNaN)
    // A range that is none leaves nothing.
    let lost = try outputs([("x", [2], [0, 1]), ("range", [2], [.nan, .nan])]) { leaves in
      [("y", leaves[0].builder.apply(FakeQuantise(), leaves[0], leaves[1]))]
    }
    #expect(lost.output("y").scalars.allSatisfy { $0.isNaN })
  }

  @Test func rangesHaveZeroInThem() throws {
    func range(_ x: [Float]) throws -> [Float] {
      try outputs([("x", [x.count], x)]) { [("y", $0[0].range)] }.output("y").scalars
    }
    #expect(try range([0.5, 2, -1.5]) == [1.5, 2])
    #expect(try range([3, 4]) == [0, 4])
    #expect(try range([-3, -4]) == [4, 0])
    #expect(try range([1, .infinity]).allSatisfy { $0.isNaN })
  }

  @Test func numbersOutsideAreCountedAtTheEnds() throws {
    let counts = try outputs([
      ("x", [8], [-9, -1, -0.51, -0.49, 0, 0.99, 1, .infinity]), ("range", [2], [1, 1]),
    ]) { leaves in [("y", leaves[0].builder.apply(Histogram(bins: 4), leaves[0], leaves[1]))] }
    #expect(counts.output("y").scalars == [3, 1, 1, 3])
  }
}
