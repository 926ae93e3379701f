import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Layer-wise relevance propagation in Double: through normalisations, pools and shortcuts.
struct RelevanceTests {
  static let rules = [
    RelevanceRule.epsilon(1e-12), .alphaBeta(alpha: 1), .alphaBeta(alpha: 2),
  ]

  /// So many different numbers from −1 to 1.
  private func numbers(_ shape: Shape, _ seed: Double) -> ReferenceArray {
    // The multiples of the golden ratio, without their whole parts.
    ReferenceArray(
      shape,
      (0..<shape.count).map { index in
        let turn = Double(index + 1) * 0.618_033_988_749_895 + seed
        return 2 * (turn - turn.rounded(.down)) - 1
      })
  }

  /// The relevance of some leaves and the output itself, its relevance being the output.
  private func relevance(
    _ rule: RelevanceRule, of wanted: [String], _ leaves: [String: ReferenceArray],
    _ body: (GraphBuilder, [String: Value]) throws -> Value
  ) throws -> [String: [Double]] {
    let graph = try Graph.trace { builder in
      var values: [String: Value] = [:]
      for (name, array) in leaves.sorted(by: { $0.key < $1.key }) {
        values[name] = builder.input(name, array.shape)
      }
      let output = try body(builder, values)
      builder.output("output", output)
      let found = builder.relevance(of: output, output, by: rule, for: wanted.compactMap { values[$0] })
      for (name, value) in zip(wanted, found) { if let value { builder.output(name, value) } }
    }
    return try Interpreter.outputs(of: graph, leaves).mapValues(\.scalars)
  }

  /// γ, β, mean and variance of four channels. The shifts are as large as what is scaled.
  private var statistics: [String: ReferenceArray] {
    [
      "gamma": ReferenceArray([4], [0.8, -1.2, 0.5, 1.5]),
      "beta": ReferenceArray([4], [0.7, -0.4, 1.1, 0.3]),
      "mean": ReferenceArray([4], [0.5, -0.6, 0.1, 0.9]),
      "variance": ReferenceArray([4], [0.4, 1.3, 0.9, 0.2]),
    ]
  }

  private func normalized(_ x: Value, _ leaves: [String: Value]) throws -> Value {
    x.batchNormalized(
      gamma: try #require(leaves["gamma"]), beta: try #require(leaves["beta"]),
      mean: try #require(leaves["mean"]), variance: try #require(leaves["variance"]), epsilon: 0x1p-10)
  }

  /// The scale and the shift that a normalisation comes to, of each channel.
  private func affine() throws -> (scale: [Double], shift: [Double]) {
    func numbers(_ name: String) throws -> [Double] { try #require(statistics[name]).scalars }
    let scale = try zip(numbers("gamma"), numbers("variance")).map { $0 / ($1 + 0x1p-10).squareRoot() }
    let (beta, mean) = (try numbers("beta"), try numbers("mean"))
    return (scale, scale.indices.map { beta[$0] - scale[$0] * mean[$0] })
  }

  @Test func aNormalisedConvolutionIsTheFoldedOne() throws {
    let (scale, shift) = try affine()
    let weight = numbers([4, 3, 3, 3], 0.3)
    let shared = [
      "x": numbers([2, 3, 5, 5], 0), "weight": weight, "fc": numbers([3, 100], 0.7),
    ]
    func logits(_ y: Value, _ leaves: [String: Value]) throws -> Value {
      y.builder.apply(Affine(hasBias: false), y.relu.flattened(from: 1), try #require(leaves["fc"]))
    }
    let rule = RelevanceRule.epsilon(1e-12)
    let found = try relevance(rule, of: ["x"], shared.merging(statistics) { $1 }) { builder, leaves in
      let (x, weight) = (try #require(leaves["x"]), try #require(leaves["weight"]))
      return try logits(normalized(builder.apply(Convolution(.init(padding: 1)), x, weight), leaves), leaves)
    }
    var folded = shared
    folded["weight"] = ReferenceArray(
      weight.shape, weight.scalars.enumerated().map { $1 * scale[$0 / 27] })
    folded["bias"] = ReferenceArray([4], shift)
    let expected = try relevance(rule, of: ["x"], folded) { builder, leaves in
      let inputs = try ["x", "weight", "bias"].map { try #require(leaves[$0]) }
      return try logits(
        builder.applyAll(Convolution(.init(padding: 1), hasBias: true), inputs)[0], leaves)
    }
    let (a, b) = (try #require(found["x"]), try #require(expected["x"]))
    let largest = b.map(abs).max() ?? 0
    #expect(a.count == 150 && largest > 0.1)
    for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-7 * largest) }
  }

  /// y = s·x + t, by hand.
  @Test(arguments: rules) func aShiftHasItsShare(rule: RelevanceRule) throws {
    let (scale, shift) = try affine()
    let x = numbers([3, 4, 2, 3], 0.1)
    let found = try relevance(rule, of: ["x"], statistics.merging(["x": x]) { $1 }) { _, leaves in
      try normalized(#require(leaves["x"]), leaves)
    }
    let relevance = try #require(found["x"])
    var signs: Set<[Bool]> = []
    for (index, number) in x.scalars.enumerated() {
      let channel = index / 6 % 4
      let (scaled, shift) = (scale[channel] * number, shift[channel])
      let y = scaled + shift
      signs.insert([scaled > 0, shift > 0])
      let expected: Double =
        switch rule {
        case .epsilon: scaled
        case .alphaBeta(let alpha):
          if (scaled > 0) == (shift > 0) {
            scaled
          } else {
            // One is all that is positive, the other all that is negative.
            y * (scaled > 0 ? Double(alpha) : 1 - Double(alpha))
          }
        }
      #expect(abs(relevance[index] - expected) < 1e-6)
    }
    #expect(signs.count == 4)
  }

  /// The relevance of what comes in is that of what goes out, through pools and a shortcut around a convolution.
  @Test(arguments: rules) func relevanceIsKept(rule: RelevanceRule) throws {
    let x = numbers([2, 3, 6, 6], 0.2)
    let leaves = ["x": x, "weight": numbers([3, 3, 3, 3], 0.4)]
    let paths: [(name: String, body: (GraphBuilder, Value, Value) -> Value)] = [
      ("max-pool", { _, x, _ in x.maxPooled(2) }),
      ("overlapping max-pool", { _, x, _ in x.maxPooled(3, stride: 2, padding: 1) }),
      ("average-pool", { _, x, _ in x.averagePooled(2) }),
      ("overlapping average-pool", { _, x, _ in x.averagePooled(3, stride: 1) }),
      ("shortcut", { builder, x, weight in x + builder.apply(Convolution(.init(padding: 1)), x, weight) }),
      (
        "all",
        { builder, x, weight in
          let y = builder.apply(Convolution(.init(padding: 1)), x, weight).relu.maxPooled(2)
          return (y + x.averagePooled(2)).relu.averagePooled(3)
        }
      ),
    ]
    for (name, body) in paths {
      let found = try relevance(rule, of: ["x"], leaves) { builder, leaves in
        body(builder, try #require(leaves["x"]), try #require(leaves["weight"]))
      }
      let (before, after) = (try #require(found["x"]), try #require(found["output"]))
      #expect(abs(after.reduce(0, +)) > 0.1, "\(name)")
      let scale = before.reduce(1) { $0 + abs($1) }
      #expect(abs(before.reduce(0, +) - after.reduce(0, +)) < 1e-7 * scale, "\(name)")
    }
  }

  /// Each addend has what it adds, each place of a window what it brings, and the place that won all of it.
  @Test func sharesAreContributions() throws {
    let leaves = ["a": numbers([1, 1, 2, 2], 0.1), "b": numbers([1, 1, 2, 2], 0.55)]
    let rule = RelevanceRule.epsilon(1e-12)
    func parts(_ body: (Value, Value) -> Value) throws -> [String: [Double]] {
      try relevance(rule, of: ["a", "b"], leaves) { _, leaves in
        body(try #require(leaves["a"]), try #require(leaves["b"]))
      }
    }
    let (a, b) = (try #require(leaves["a"]).scalars, try #require(leaves["b"]).scalars)
    func near(_ found: [Double]?, _ expected: [Double]) -> Bool {
      found?.count == expected.count && zip(found ?? [], expected).allSatisfy { abs($0 - $1) < 1e-9 }
    }
    let sum = try parts { $0 + $1 }
    #expect(near(sum["a"], a) && near(sum["b"], b))
    #expect(near(try parts { a, _ in a.averagePooled(2) }["a"], a.map { $0 / 4 }))
    let highest = a.max()
    #expect(near(try parts { a, _ in a.maxPooled(2) }["a"], a.map { $0 == highest ? $0 : 0 }))
  }

  /// At a sum positive and negative addends share apart: a and b of one sign by their sizes, of two signs α of all and 1 − α of it.
  @Test(arguments: [1, 2, 3] as [Float]) func addendsOfTwoSignsShareApart(alpha: Float) throws {
    let a: [Double] = [3, 3, -1, -2, 0, 2]
    let b: [Double] = [1, -1, 3, -2, 4, -2.000_5]
    let found = try relevance(
      .alphaBeta(alpha: alpha), of: ["a", "b"],
      ["a": ReferenceArray([1, 6], a), "b": ReferenceArray([1, 6], b)]
    ) { _, leaves in try #require(leaves["a"]) + #require(leaves["b"]) }
    let (ofA, ofB) = (try #require(found["a"]), try #require(found["b"]))
    let (gain, loss) = (Double(alpha), 1 - Double(alpha))
    // Of 4, 2, 2, −4, 4 and −0.0005.
    let expected: [(Double, Double)] = [
      (3, 1), (2 * gain, 2 * loss), (2 * loss, 2 * gain), (-2, -2), (0, 4),
    ]
    for (place, (a, b)) in expected.enumerated() {
      #expect(abs(ofA[place] - a) < 1e-6 && abs(ofB[place] - b) < 1e-6, "\(place)")
    }
    // The plain proportion would give thousands of times as much as there is.
    #expect(abs(ofA[5] + 0.000_5 * gain) < 1e-6 && abs(ofB[5] + 0.000_5 * loss) < 1e-6)
  }

  /// What pools and sums take in, positive and negative parts apart.
  @Test func partsOfAWindowShareApart() throws {
    let found = try relevance(
      .alphaBeta(alpha: 2), of: ["a"], ["a": ReferenceArray([1, 1, 2, 2], [3, -1, 1, -1])]
    ) { _, leaves in try #require(leaves["a"]).averagePooled(2) }
    // Of ½: twice as much to 3 and 1, as much taken from both −1.
    let units = try #require(found["a"])
    for (a, b) in zip(units, [0.75, -0.25, 0.25, -0.25]) { #expect(abs(a - b) < 1e-6) }
  }

  /// Through what stands still but for its values: attention, a layer normalisation without a shift, and a product by a weight.
  @Test(arguments: rules) func relevanceIsKeptWhereWeightsStandStill(rule: RelevanceRule) throws {
    let leaves = [
      "x": numbers([2, 5, 6], 0.2), "q": numbers([2, 5, 6], 0.6), "shares": numbers([2, 1, 5], 0.9),
      "gamma": numbers([6], 0.35), "zeros": ReferenceArray([6], [Double](repeating: 0, count: 6)),
    ]
    func leaf(_ name: String, _ leaves: [String: Value]) throws -> Value { try #require(leaves[name]) }
    let paths: [(name: String, body: ([String: Value]) throws -> Value)] = [
      ("attention", { try leaf("q", $0).attention(to: leaf("q", $0), leaf("x", $0), heads: 2) }),
      (
        "causal attention",
        { try leaf("q", $0).attention(to: leaf("q", $0), leaf("x", $0), heads: 3, isCausal: true) }
      ),
      (
        "layer normalisation",
        { try leaf("x", $0).layerNormalized(gamma: leaf("gamma", $0), beta: leaf("zeros", $0)) }
      ),
      ("product behind", { try leaf("shares", $0).product(leaf("x", $0)) }),
      ("product ahead", { try leaf("x", $0).product(leaf("q", $0), transposingOther: true) }),
    ]
    for (name, body) in paths {
      let found = try relevance(rule, of: ["x"], leaves) { _, leaves in try body(leaves) }
      let (before, after) = (try #require(found["x"]), try #require(found["output"]))
      #expect(abs(after.reduce(0, +)) > 0.1, "\(name)")
      let scale = before.reduce(1) { $0 + abs($1) }
      #expect(abs(before.reduce(0, +) - after.reduce(0, +)) < 1e-6 * scale, "\(name)")
    }
  }

  @Test func aProductOfTwoThatMoveIsRefused() throws {
    #expect {
      _ = try relevance(.epsilon(1e-6), of: ["x"], ["x": numbers([2, 3, 3], 0.1)]) { _, leaves in
        let x = try #require(leaves["x"])
        return x.product(x)
      }
    } throws: { "\($0)".contains("has a rule for relevance where one factor stands still") }
  }
}
