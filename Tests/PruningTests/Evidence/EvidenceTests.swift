import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct EvidenceTests {
  private func combine(_ combination: Evidence.Combination, _ parts: [[Float]]) throws -> [Float] {
    var accumulator = Evidence.Accumulator(Evidence("some", combine: combination) { _ in [] })
    for part in parts { try accumulator.add(ParameterSet([("w", Tensor([part.count], part))])) }
    return try #require(try accumulator.result()["w"]).scalars
  }

  @Test func partsCombine() throws {
    let parts: [[Float]] = [[1, -4, 0.5], [3, -2, 0.25], [-10, -3, 0]]
    #expect(try combine(.sum, parts) == [-6, -9, 0.75])
    #expect(try combine(.mean, parts) == [-2, -3, 0.25])
    #expect(try combine(.sumOfSquares, parts) == [110, 29, 0.3125])
    #expect(try combine(.meanOfSquares, parts) == [Float(110.0 / 3), Float(29.0 / 3), Float(0.3125 / 3)])
    #expect(try combine(.maximum, parts) == [3, -2, 0.5])
  }

  @Test(arguments: [Evidence.Combination.sum, .mean, .maximum])
  func oneWholePartKeepsItsBits(combination: Evidence.Combination) throws {
    let scalars: [Float] = [-0.0, 0, .leastNonzeroMagnitude, -1.1754942e-38, 3.4e38, 1 / 3, .infinity]
    let combined = try combine(combination, [scalars])
    #expect(combined.map(\.bitPattern) == scalars.map(\.bitPattern))
    #expect(try combine(combination, [[.nan], [1]])[0].isNaN)
    #expect(try combine(combination, [[1], [.nan]])[0].isNaN)
  }

  @Test func sumsAreRoundedOnce() throws {
    // In Float, 2²⁴ + 1 + 1 stays at 2²⁴.
    #expect(try combine(.sum, [[0x1p24], [1], [1]]) == [0x1p24 + 2])
    #expect(try combine(.sumOfSquares, [[0x1p12], [1], [1]]) == [0x1p24 + 2])
  }

  @Test func partsMustBeAlike() throws {
    var accumulator = Evidence.Accumulator(.gradients)
    #expect(throws: PruningError.evidencePart(0, evidence: "gradients")) { try accumulator.result() }
    try accumulator.add(ParameterSet([("w", Tensor([2], [1, 2]))]))
    #expect(throws: PruningError.evidencePart(2, evidence: "gradients")) {
      try accumulator.add(ParameterSet([("v", Tensor([2], [1, 2]))]))
    }
    #expect(throws: PruningError.evidencePart(2, evidence: "gradients")) {
      try accumulator.add(ParameterSet([("w", Tensor([1], [1]))]))
    }
    #expect(accumulator.parts == 1)
  }

  @Test func namesAreThoseOfParameters() throws {
    func names(_ names: [String]) throws {
      _ = try Graph.trace { builder in
        let tracer = Tracer(builder)
        tracer.weights = [("fc.weight", builder.parameter("fc.weight", [2, 3]))]
        let logits = tracer.apply(Affine(hasBias: false), builder.input("inputs", [1, 3]), "fc")
        let evidence = Evidence("mine") { trace in names.map { ($0, trace.loss) } }
        _ = try evidence.values(of: tracer.loss(of: logits, batch: 1))
      }
    }
    #expect(throws: Never.self) { try names(["fc.weight"]) }
    #expect(throws: PruningError.evidenceName("fc.bias", isRepeated: false, evidence: "mine")) {
      try names(["fc.bias"])
    }
    #expect(throws: PruningError.evidenceName("fc.weight", isRepeated: true, evidence: "mine")) {
      try names(["fc.weight", "fc.weight"])
    }
  }

  @Test func inputsOfEveryPlaceAWeightIsReadAdd() throws {
    let x: [Float] = [1, -2, 3, 0.5]
    let weight: [Float] = [0.5, -1, 2, 0.25]
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      tracer.weights = [("fc.weight", builder.parameter("fc.weight", [2, 2]))]
      let once = tracer.apply(Affine(hasBias: false, rectifies: true), builder.input("inputs", [2, 2]), "fc")
      let logits = tracer.apply(Affine(hasBias: false), once, "fc")
      for (name, value) in try Evidence.inputSquares.values(of: tracer.loss(of: logits, batch: 2)) {
        builder.output(name, value)
      }
    }.simplified
    let executor = Executor(Plan(graph))
    executor.write("inputs", x)
    executor.write("fc.weight", weight)
    executor.run()
    // x Wᵀ behind the rectifier: rows (1, -2) and (3, 0.5) give (2.5, 1.5) and (1, 6.125).
    let columns: [Float] = [1 + 9 + 2.5 * 2.5 + 1, 4 + 0.25 + 1.5 * 1.5 + 6.125 * 6.125]
    #expect(executor.output("fc.weight").scalars == columns + columns)
  }

  @Test func sumsOfSquaresAreExactEnoughAndNeverNegativeWhereConvolutionsAreFast() throws {
    // From 16 channels on a 3 × 3 convolution goes by Winograd's transforms. Every third channel is dead.
    let shape: Shape = [2, 16, 8, 8]
    var generator = Generator(state: 1)
    let x = (0..<shape.count).map { $0 / 64 % 16 % 3 == 0 ? 0 : generator.float() }
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      tracer.weights = [("conv.weight", builder.parameter("conv.weight", [16, 16, 3, 3]))]
      let y = tracer.apply(Convolution(.init(padding: 1)), builder.input("inputs", shape), "conv")
      let logits = y.mergingAxes(1, count: 3)
      for (name, value) in try Evidence.inputSquares.values(of: tracer.loss(of: logits, batch: 2)) {
        builder.output(name, value)
      }
    }.simplified
    let executor = Executor(Plan(graph))
    executor.write("inputs", x)
    executor.run()
    let squares = executor.output("conv.weight").scalars
    for (index, found) in squares.enumerated() {
      let (channel, u, v) = (index / 9 % 16, index / 3 % 3, index % 3)
      var sum = 0.0
      for image in 0..<2 {
        for row in max(0, u - 1)..<min(8, 7 + u) {
          for column in max(0, v - 1)..<min(8, 7 + v) {
            let value = Double(x[((image * 16 + channel) * 8 + row) * 8 + column])
            sum += value * value
          }
        }
      }
      #expect(found >= 0)
      #expect(abs(Double(found) - sum) <= 1e-4 * max(sum, 1))
      if channel % 3 == 0 { #expect(found == 0) }
    }
  }

  @Test func shippedEvidenceSaysWhatItIs() {
    #expect(
      Evidence.shipped.map(\.name) == [
        "gradients", "squared-gradients", "input-squares", "hessian-gradients", "flow", "activation-gates",
      ])
    for evidence in Evidence.shipped { #expect(evidence.specification.version == 1) }
    #expect(Evidence.squaredGradients.batch == .examples(1))
    #expect(Evidence.gradients.batch == .whole)
    #expect(Evidence.flow.batch == .none)
    #expect(Evidence.activationGates.batch == .examples(1))
    #expect(Evidence.headGates.batch == .examples(1))
  }

  /// Evidence that a shipped criterion asks for is held against PyTorch like all that is listed here.
  @Test(arguments: Criteria.all) func whatCriteriaAskForIsTested(criterion: Criterion) {
    #expect(Set(criterion.needs.evidence).isSubset(of: Evidence.shipped + [.headGates]))
  }
}
