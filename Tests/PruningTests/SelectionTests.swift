import CoppicePruning
import CoppiceTensors
import Testing

/// What is removed, against a sort of all survivors by score, then by their words in the stream of ties.
@Suite struct SelectionTests {
  /// A network of `shapes` with these scores and masks, pruned to a quota.
  private func prune(
    _ scores: [[Float]], rows: [Int]? = nil, bytes: [[UInt8]]? = nil, granularity: Granularity = .weight,
    seed: UInt64 = 3, quota: Quota
  ) throws -> [[UInt8]] {
    try pruning(scores, rows: rows, bytes: bytes, granularity: granularity, seed: seed, quota: quota).masks
      .map(\.mask.bytes)
  }

  private func pruning(
    _ scores: [[Float]], rows: [Int]? = nil, bytes: [[UInt8]]? = nil, granularity: Granularity = .weight,
    seed: UInt64 = 3, quota: Quota
  ) throws -> Pruning {
    let shapes = scores.enumerated().map { index, scores in
      let rows = rows?[index] ?? 1
      return Shape([rows, scores.count / rows])
    }
    let tensors = ParameterSet(zip(shapes, scores).enumerated().map { ("w\($0)", Tensor($1.0, $1.1)) })
    let masks = MaskSet(
      shapes.enumerated().map { index, shape in
        ("w\(index)", bytes.map { Mask(shape, $0[index]) } ?? Mask(keepingAll: shape))
      })
    let pruner = Pruner(
      criterion: Criterion("given") { _ in tensors }, granularity: granularity,
      allocation: Allocation("given") { _, _ in quota })
    return try pruner.prune(ScoringContext(weights: tensors, masks: masks, seed: seed), to: .sparsity(0))
  }

  /// The words that tell equal scores apart, one a weight of each layer.
  private func words(_ sizes: [Int], seed: UInt64 = 3) -> [[UInt32]] {
    sizes.enumerated().map { layer, size in
      var stream = RandomStream(seed: seed, stream: .ties, substream: 2 * UInt32(layer))
      return (0..<size).map { _ in stream.next() }
    }
  }

  /// The words of units.
  private func unitWords(_ count: Int, seed: UInt64 = 3) -> [UInt32] {
    var stream = RandomStream(seed: seed, stream: .ties, substream: 1)
    return (0..<count).map { _ in stream.next() }
  }

  @Test func removesExactlyTheLowestForEveryCount() throws {
    let scores: [[Float]] = [[3, -1, 0.5, 7, 2], [-2, 8, 0.25, 1]]
    let order = [(1, 0), (0, 1), (1, 2), (0, 2), (1, 3), (0, 4), (0, 0), (0, 3), (1, 1)]
    for count in 0...9 {
      var expected: [[UInt8]] = [[1, 1, 1, 1, 1], [1, 1, 1, 1]]
      for (layer, index) in order.prefix(count) { expected[layer][index] = 0 }
      #expect(try prune(scores, quota: .pool(9 - count)) == expected)
    }
  }

  /// Compares the selection in some layers with a sort of all their survivors, for a number drawn.
  private func checkAgainstASort(_ scores: [[Float]], _ bytes: [[UInt8]], _ generator: inout Generator) throws
  {
    var survivors: [(score: Float, layer: Int, index: Int)] = []
    for layer in scores.indices {
      for index in scores[layer].indices where bytes[layer][index] == 1 {
        survivors.append((scores[layer][index], layer, index))
      }
    }
    let count = generator.integer(below: survivors.count + 1)
    let seed = UInt64(generator.integer(below: 1000))
    let words = words(scores.map(\.count), seed: seed)
    let order = survivors.indices.sorted {
      let (a, b) = (survivors[$0], survivors[$1])
      return a.score == b.score ? words[a.layer][a.index] < words[b.layer][b.index] : a.score < b.score
    }
    var expected = bytes
    for position in order.prefix(count) {
      expected[survivors[position].layer][survivors[position].index] = 0
    }
    let found = try pruning(scores, bytes: bytes, seed: seed, quota: .pool(survivors.count - count))
    #expect(found.masks.map(\.mask.bytes) == expected)
    // Ties are the removed of a score that is among those of the rest.
    let rest = Set(order.dropFirst(count).map { survivors[$0].score })
    #expect(found.report.ties == order.prefix(count).count { rest.contains(survivors[$0].score) })
  }

  @Test func agreesWithASortOnTiesSignsAndMasks() throws {
    var generator = Generator(state: 11)
    let values: [Float] = [
      0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1.5, 1.0000001, 3e38, -3e38, 2,
      2.0000002, 65536, 65537,
    ]
    for _ in 0..<300 {
      let sizes = (0..<(1 + generator.integer(below: 3))).map { _ in 1 + generator.integer(below: 40) }
      let scores = sizes.map { size in (0..<size).map { _ in values[generator.integer(below: values.count)] }
      }
      let bytes = sizes.map { size in (0..<size).map { _ in UInt8(generator.integer(below: 4) == 0 ? 0 : 1) }
      }
      try checkAgainstASort(scores, bytes, &generator)
    }
  }

  /// Many survivors or few, scores that are all near each other or nearly all equal.
  @Test(arguments: [1, 2, 30], [0, 4, 12, 23])
  func agreesWithASortWhateverTheDensityAndTheDigits(rarity: Int, digits: Int) throws {
    var generator = Generator(state: UInt64(100 * rarity + digits))
    let steps = 1 << digits
    for sign: Float in [1, -1] {
      let scores = [700, 9, 301].map { size in
        (0..<size).map { _ in sign * (1 + Float(generator.integer(below: steps)) / Float(steps)) }
      }
      let bytes = scores.map { $0.map { _ in UInt8(generator.integer(below: rarity) == 0 ? 1 : 0) } }
      for _ in 0..<8 { try checkAgainstASort(scores, bytes, &generator) }
    }
  }

  @Test func ofEqualScoresTheSeedDecidesAndNotThePlace() throws {
    // Two signs of zero are equal, and no layer is favoured: 1,000 weights in each of three layers.
    let zeros = (0..<3).map { _ in (0..<1000).map { $0 % 2 == 0 ? Float(0) : -0.0 } }
    for seed in UInt64(0)..<4 {
      let half = try prune(zeros, seed: seed, quota: .pool(1500))
      for layer in half {
        // Five standard deviations of a draw without replacement.
        #expect(abs(layer.reduce(0) { $0 + Int($1) } - 500) < 65)
        let front = layer.prefix(500).reduce(0) { $0 + Int($1) }
        #expect(abs(front - 250) < 56)
      }
      #expect(try prune(zeros, seed: seed, quota: .pool(1500)) == half)
      #expect(try prune(zeros, seed: seed + 1, quota: .pool(1500)) != half)
    }
  }

  @Test func tiesNestWhateverTheRounds() throws {
    let equal = [[Float](repeating: 1, count: 60), [Float](repeating: 1, count: 40)]
    let rows = [6, 4]
    for (granularity, isRow) in [(Granularity.weight, false), (.weight, true), (.neuron, false)] {
      func quota(_ kept: Int) -> Quota { isRow ? .rows([kept * 6 / 10, kept * 4 / 10]) : .pool(kept) }
      var last = try prune(equal, rows: rows, granularity: granularity, quota: .pool(100))
      for kept in stride(from: 100, through: 0, by: -10) {
        // At one stroke and round by round the same weights go.
        let once = try prune(equal, rows: rows, granularity: granularity, quota: quota(kept))
        last = try prune(equal, rows: rows, bytes: last, granularity: granularity, quota: quota(kept))
        #expect(last == once, "\(granularity) \(isRow) \(kept)")
      }
    }
  }

  @Test func rowsAreBrokenByTheStreamOfTheirLayer() throws {
    let words = words([30])[0]
    let found = try pruning([[Float](repeating: 2, count: 30)], rows: [3], quota: .rows([12]))
    for row in 0..<3 {
      let highest = ((row * 10)..<(row * 10 + 10)).sorted { words[$0] > words[$1] }.prefix(4)
      for index in (row * 10)..<(row * 10 + 10) {
        #expect(found.masks["w0"]?.bytes[index] == (highest.contains(index) ? 1 : 0))
      }
    }
    #expect(found.report.ties == 18)
  }

  @Test func unitsOfEqualScoresGoByTheirWords() throws {
    let scores: [[Float]] = [[1, 1, 1, 1, 9, 9], [1, 1, 1, 1]]
    let words = unitWords(5)
    let order = [0, 1, 3, 4].sorted { words[$0] < words[$1] }
    for count in 0...4 {
      var expected = [[UInt8](repeating: 1, count: 6), [UInt8](repeating: 1, count: 4)]
      for unit in order.prefix(count) {
        for place in 0..<2 { expected[unit / 3][2 * (unit % 3) + place] = 0 }
      }
      let found = try pruning(scores, rows: [3, 2], granularity: .neuron, quota: .pool(10 - 2 * count))
      #expect(found.masks.map(\.mask.bytes) == expected)
      // Where all of a score have gone, nothing was left to the seed.
      #expect(found.report.ties == (count == 4 ? 0 : 2 * count))
    }
  }

  @Test func layersDoNotCompeteUnderTheirOwnQuotas() throws {
    #expect(try prune([[1, 2, 3], [10, 30, 20]], quota: .layers([1, 2])) == [[0, 0, 1], [0, 1, 1]])
  }

  @Test func rowsKeepAsManyAsEachOther() throws {
    // Rows (9, 1, 8), (2, 3, 4), (7, 5, 6): of 9, five survive: 2, 2 and 1.
    let scores: [Float] = [9, 1, 8, 2, 3, 4, 7, 5, 6]
    #expect(try prune([scores], rows: [3], quota: .rows([5])) == [[1, 0, 1, 0, 1, 1, 1, 0, 0]])
    #expect(try prune([scores], rows: [3], quota: .rows([3])) == [[1, 0, 0, 0, 0, 1, 1, 0, 0]])
    // Masks shrink count by count, each exact.
    var before = [UInt8](repeating: 1, count: 9)
    for kept in stride(from: 9, through: 0, by: -1) {
      let after = try prune([scores], rows: [3], bytes: [before], quota: .rows([kept]))[0]
      #expect(after.reduce(0) { $0 + Int($1) } == kept)
      #expect(zip(after, before).allSatisfy { $0 <= $1 })
      before = after
    }
  }

  @Test func survivorsDoNotDependOnTheOrderOfTheirWeights() throws {
    var generator = Generator(state: 5)
    let scores = (0..<200).map { _ in generator.float() }
    var order = Array(0..<200)
    for index in order.indices.reversed() { order.swapAt(index, generator.integer(below: index + 1)) }
    let straight = try prune([scores], quota: .pool(73))[0]
    let shuffled = try prune([order.map { scores[$0] }], quota: .pool(73))[0]
    #expect(shuffled == order.map { straight[$0] })
  }

  @Test func unitsGoWholeByTheMeanOfTheirScores() throws {
    // Means 1.5, 1.25, 3, 0.25.
    let scores: [Float] = [1, 2, 2.25, 0.25, 3, 3, 0.25, 0.25]
    let expected: [Int: [UInt8]] = [
      8: [1, 1, 1, 1, 1, 1, 1, 1], 6: [1, 1, 1, 1, 1, 1, 0, 0], 4: [1, 1, 0, 0, 1, 1, 0, 0],
      2: [0, 0, 0, 0, 1, 1, 0, 0], 0: [0, 0, 0, 0, 0, 0, 0, 0],
    ]
    for (kept, mask) in expected {
      #expect(try prune([scores], rows: [4], granularity: .neuron, quota: .pool(kept)) == [mask])
    }
    // Half a unit is rounded away from zero: one more goes.
    #expect(
      try prune([scores], rows: [4], granularity: .neuron, quota: .pool(7)) == [expected[6] ?? []])
  }

  @Test func unitsCountTheirSurvivorsOnly() throws {
    // Row 0 has lost its large weight, so its mean is 1 and it counts 1.
    let masks = try prune(
      [[100, 1, 2, 2, 3, 3]], rows: [3], bytes: [[0, 1, 1, 1, 1, 1]], granularity: .neuron, quota: .pool(4))
    #expect(masks == [[0, 0, 1, 1, 1, 1]])
  }

  @Test func unitsOfUnequalSizesComeNearestToTheNumber() throws {
    // Sizes 4, 1, 1 with means 1, 10, 20: of 6 weights, 2 asked for: removing 4 is as near as removing none.
    let scores: [[Float]] = [[1, 1, 1, 1], [10, 20]]
    #expect(
      try prune(scores, rows: [1, 2], granularity: .neuron, quota: .pool(4)) == [[0, 0, 0, 0], [1, 1]])
    #expect(
      try prune(scores, rows: [1, 2], granularity: .neuron, quota: .pool(5)) == [[1, 1, 1, 1], [1, 1]])
  }
}
