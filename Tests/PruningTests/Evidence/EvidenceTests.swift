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

  @Test func partsAreKeptEach() throws {
    var accumulator = Evidence.Accumulator(Evidence("some", combine: .each) { _ in [] })
    for part: [Float] in [[1, -0.0, 3], [4, 5, .infinity]] {
      try accumulator.add(ParameterSet([("w", Tensor([1, 3], part))]))
    }
    let kept = try #require(try accumulator.result()["w"])
    #expect(kept.shape == [2, 1, 3])
    #expect(kept.scalars.map(\.bitPattern) == [1, -0.0, 3, 4, 5, Float.infinity].map(\.bitPattern))
  }

  /// 40 parts are two lots of products and a rest.
  @Test(arguments: [1, 3, 5, 7, 100]) func productsAreThoseOfRuns(size: Int) throws {
    let (parts, count) = (40, 7)
    var generator = Generator(state: UInt64(size))
    let arrays = (0..<parts).map { _ in (0..<count).map { _ in generator.float() } }
    let evidence = Evidence("some", combine: .meanOfProducts(size: size)) { _ in [] }
    var accumulator = Evidence.Accumulator(evidence)
    for array in arrays { try accumulator.add(ParameterSet([("w", Tensor([count], array))])) }
    let found = try #require(try accumulator.result()["w"])
    let length = min(size, count)
    #expect(found.shape == [(count + length - 1) / length, length * (length + 1) / 2])
    for run in 0..<found.shape[0] {
      for i in 0..<length {
        for j in 0...i {
          let (a, b) = (run * length + i, run * length + j)
          let sum = a < count ? arrays.reduce(0) { $0 + Double($1[a]) * Double($1[b]) } : 0
          #expect(found.scalars[run * found.shape[1] + i * (i + 1) / 2 + j] == Float(sum / Double(parts)))
        }
      }
    }
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

  /// A convolution of 16 channels and more goes by transforms; a stride, groups and an uneven window do not.
  @Test(arguments: [
    (Shape([2, 16, 6, 6]), Shape([16, 16, 3, 3]), ConvolutionWindows(padding: 1)),
    (Shape([2, 4, 7, 6]), Shape([6, 2, 3, 2]), ConvolutionWindows(stride: 2, padding: 1, groups: 2)),
    (Shape([3, 3, 4, 4]), Shape([3, 1, 2, 2]), ConvolutionWindows(groups: 3)),
  ])
  func inputProductsAreThoseOfWindows(input: Shape, filter: Shape, windows: ConvolutionWindows) throws {
    var generator = Generator(state: 3)
    let x = (0..<input.count).map { _ in generator.float() }
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      tracer.weights = [("conv.weight", builder.parameter("conv.weight", filter))]
      let y = tracer.apply(Convolution(windows), builder.input("inputs", input), "conv")
      for (name, value) in try Evidence.inputProducts.values(
        of: tracer.loss(of: y.flattened(from: 1), batch: input[0]))
      {
        builder.output(name, value)
      }
    }.simplified
    let executor = Executor(Plan(graph))
    executor.write("inputs", x)
    executor.run()
    let found = executor.output("conv.weight")
    let length = filter.count / filter[0]
    #expect(found.shape == [windows.groups, length, length])
    let (height, width) = (filter[2], filter[3])
    func rows(_ group: Int) -> [[Double]] {
      var rows: [[Double]] = []
      let sides = (
        (input[2] + 2 * windows.padding - height) / windows.stride + 1,
        (input[3] + 2 * windows.padding - width) / windows.stride + 1
      )
      for image in 0..<input[0] {
        for i in 0..<sides.0 {
          for j in 0..<sides.1 {
            rows.append(
              (0..<length).map { element in
                let channel = group * filter[1] + element / (height * width)
                let row = i * windows.stride + element / width % height - windows.padding
                let column = j * windows.stride + element % width - windows.padding
                guard (0..<input[2]).contains(row), (0..<input[3]).contains(column) else { return 0 }
                return Double(x[((image * input[1] + channel) * input[2] + row) * input[3] + column])
              })
          }
        }
      }
      return rows
    }
    for group in 0..<windows.groups {
      let rows = rows(group)
      for i in 0..<length {
        for j in 0..<length {
          let sum = rows.reduce(0) { $0 + $1[i] * $1[j] }
          #expect(abs(Double(found.scalars[(group * length + i) * length + j]) - sum) < 2e-4)
        }
      }
    }
  }

  /// What a unit gives is looked at behind the normalisation and the rectifier, and no further.
  @Test func activationsAreThoseBehindTheRectifier() throws {
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      tracer.weights = [
        ("conv.weight", builder.parameter("conv.weight", [2, 1, 1, 1])),
        ("fc.weight", builder.parameter("fc.weight", [2, 8])),
      ]
      let ones = builder.constant(1, [2])
      let shift = builder.parameter("shift", [2])
      let y = tracer.apply(Convolution(), builder.input("inputs", [1, 1, 2, 2]), "conv")
        .batchNormalized(gamma: ones, beta: shift, mean: builder.constant(0, [2]), variance: ones, epsilon: 0)
        .relu
      let logits = tracer.apply(Affine(hasBias: false), y.flattened(from: 1), "fc")
      let trace = tracer.loss(of: logits, batch: 1)
      for evidence in [Evidence.outputMagnitudes, .outputActivity, .outputMaxima] {
        for (name, value) in try evidence.values(of: trace) {
          builder.output("\(evidence.name) \(name)", value)
        }
      }
    }.simplified
    let executor = Executor(Plan(graph))
    executor.write("inputs", [1, 2, -3, 4])
    executor.write("conv.weight", [1, -1])
    executor.write("shift", [-1.5, 0.5])
    executor.write("fc.weight", [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 1, 0, 0, -3, 0])
    executor.run()
    // x − 1.5 and 0.5 − x behind the rectifier: (0, 0.5, 0, 2.5) and (0, 0, 3.5, 0); then 0 and 2.5 − 10.5.
    #expect(executor.output("output-magnitudes conv.weight").scalars == [0.75, 0.875])
    #expect(executor.output("output-activity conv.weight").scalars == [0.5, 0.25])
    #expect(executor.output("output-maxima conv.weight").scalars == [2.5, 3.5])
    #expect(executor.output("output-magnitudes fc.weight").scalars == [0, 8])
    #expect(executor.output("output-activity fc.weight").scalars == [0, 1])
    #expect(executor.output("output-maxima fc.weight").scalars == [0, 8])
  }

  /// Two places count as one unit: the mean of the means, the largest of the largest.
  @Test func aUnitThatIsReadTwiceIsOne() throws {
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      tracer.weights = [("fc.weight", builder.parameter("fc.weight", [2, 2]))]
      let once = tracer.apply(Affine(hasBias: false, rectifies: true), builder.input("inputs", [3, 2]), "fc")
      let trace = tracer.loss(of: tracer.apply(Affine(hasBias: false), once, "fc"), batch: 3)
      for evidence in [Evidence.outputMagnitudes, .outputActivity, .outputMaxima] {
        for (name, value) in try evidence.values(of: trace) {
          builder.output("\(evidence.name) \(name)", value)
        }
      }
    }.simplified
    let executor = Executor(Plan(graph))
    executor.write("inputs", [1, 0, 0, 1, -1, -1])
    executor.write("fc.weight", [1, -2, 3, 1])
    executor.run()
    // Rows (1, 3), (−2, 1), (1, −4), rectified (1, 3), (0, 1), (1, 0); then (−5, 6), (−2, 1), (1, 3).
    let magnitudes = executor.output("output-magnitudes fc.weight").scalars
    for (found, value) in zip(magnitudes, [5.0 / 3, 7.0 / 3] as [Float]) {
      #expect(abs(found - value) < 1e-6)
    }
    #expect(executor.output("output-activity fc.weight").scalars.map { ($0 * 6).rounded() } == [5, 5])
    #expect(executor.output("output-maxima fc.weight").scalars == [5, 6])
  }

  @Test func manyLogitsAreRefused() {
    #expect {
      _ = try Graph.trace { builder in
        let tracer = Tracer(builder)
        tracer.weights = [("fc.weight", builder.parameter("fc.weight", [129, 2]))]
        let logits = tracer.apply(Affine(hasBias: false), builder.input("inputs", [1, 2]), "fc")
        _ = try Evidence.curvatureDiagonal.values(of: tracer.loss(of: logits, batch: 1))
      }
    } throws: { "\($0)".contains("an example has 129: at most 128 are taken") }
  }

  @Test func shippedEvidenceSaysWhatItIs() {
    #expect(
      Evidence.shipped.map(\.name) == [
        "gradients", "squared-gradients", "input-squares", "hessian-gradients", "flow", "activation-gates",
        "curvature-diagonal", "example-gradients", "fisher-blocks", "input-products", "output-magnitudes",
        "output-activity", "output-maxima", "relevance",
      ])
    for evidence in Evidence.shipped {
      #expect(evidence.specification.version == (evidence.name == "relevance" ? 2 : 1))
    }
    #expect(Evidence.squaredGradients.batch == .examples(1))
    #expect(Evidence.gradients.batch == .whole)
    #expect(Evidence.flow.batch == .none)
    #expect(Evidence.activationGates.batch == .examples(1))
    #expect(Evidence.headGates.batch == .examples(1))
  }

  /// Evidence that a shipped criterion asks for is held against PyTorch like all that is listed here.
  @Test(arguments: Criteria.all) func whatCriteriaAskForIsTested(criterion: Criterion) {
    let shipped = Set((Evidence.shipped + [.headGates]).map(\.name))
    #expect(Set(criterion.needs.evidence.map(\.name)).isSubset(of: shipped))
  }
}
