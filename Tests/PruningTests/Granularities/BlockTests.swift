import CoppicePruning
import CoppiceTensors
import Testing

/// Blocks and 1×N: which elements make a unit, and that the best of all masks of whole units is found.
@Suite struct BlockTests {
  /// A pruning of one weight whose scores are given.
  static func prune(
    _ granularity: Granularity, _ shape: Shape, _ scores: [Float], keeping quota: Quota
  ) throws -> [UInt8] {
    let tensors = ParameterSet([("w", Tensor(shape, scores))])
    let pruner = Pruner(
      criterion: Criterion("given") { _ in tensors }, granularity: granularity,
      allocation: Allocation("given") { _, _ in quota })
    let context = ScoringContext(weights: tensors, masks: MaskSet([("w", Mask(keepingAll: shape))]))
    return try #require(pruner.prune(context, to: .sparsity(0)).masks["w"]).bytes
  }

  /// The block of every element, found by its row and column.
  static func blocks(_ shape: Shape, rows: Int, columns: Int) -> [Int] {
    let height = shape.rank < 2 ? 1 : shape[0]
    let width = shape.count / height
    let across = (width + columns - 1) / columns
    return (0..<shape.count).map { ($0 / width / rows) * across + ($0 % width) / columns }
  }

  static let cases: [(granularity: Granularity, shape: Shape, rows: Int, columns: Int)] = [
    (.block(rows: 2, columns: 2), [4, 6], 2, 2), (.block(rows: 2, columns: 3), [5, 7], 2, 3),
    (.block(rows: 4, columns: 4), [3, 3], 4, 4), (.block(rows: 1, columns: 4), [2, 1, 3, 3], 1, 4),
    (.block(rows: 3, columns: 2), [7], 3, 2), (.oneByN(outputs: 4), [8, 3], 4, 1),
    (.oneByN(outputs: 2), [5, 2, 3, 3], 2, 9),
  ]

  @Test(arguments: cases)
  func unitsAreTheBlocksOfTheMatrix(
    granularity: Granularity, shape: Shape, rows: Int, columns: Int
  ) throws {
    let blocks = Self.blocks(shape, rows: rows, columns: columns)
    var generator = Generator(state: UInt64(shape.count))
    let scores = (0..<shape.count).map { _ in generator.float() }
    let sizes = (0...(blocks.max() ?? 0)).map { block in blocks.count { $0 == block } }
    let means = sizes.indices.map { block in
      blocks.indices.filter { blocks[$0] == block }.map { Double(scores[$0]) }.reduce(0, +)
        / Double(sizes[block])
    }
    for sparsity in [0.25, 0.5, 0.8] {
      let kept = Int((1 - sparsity) * Double(shape.count))
      let bytes = try Self.prune(granularity, shape, scores, keeping: .pool(kept))
      // Lowest means first, until one more would come no nearer: to within half a unit.
      var (left, expected) = (shape.count, [UInt8](repeating: 1, count: shape.count))
      for block in means.indices.sorted(by: { means[$0] < means[$1] }) {
        guard abs(left - sizes[block] - kept) <= abs(left - kept), left > kept else { break }
        left -= sizes[block]
        for element in blocks.indices where blocks[element] == block { expected[element] = 0 }
      }
      #expect(bytes == expected, "\(granularity) \(shape) \(sparsity)")
      #expect(2 * abs(left - kept) <= (sizes.max() ?? 0))
    }
  }

  /// Of all masks of six blocks of which three stay, the one that keeps the largest sum.
  @Test func noOtherMaskOfWholeBlocksKeepsMore() throws {
    var generator = Generator(state: 4)
    for _ in 0..<20 {
      let scores = (0..<24).map { _ in abs(generator.float()) }
      let blocks = Self.blocks([4, 6], rows: 2, columns: 2)
      let bytes = try Self.prune(.block(rows: 2, columns: 2), [4, 6], scores, keeping: .pool(12))
      var best = -1.0
      for choice in 0..<64 where choice.nonzeroBitCount == 3 {
        let chosen = scores.indices.filter { (choice >> blocks[$0]) & 1 == 1 }
        best = max(best, chosen.map { Double(scores[$0]) }.reduce(0, +))
      }
      let found = scores.indices.filter { bytes[$0] == 1 }.map { Double(scores[$0]) }.reduce(0, +)
      #expect(abs(found - best) < 1e-9)
    }
  }

  @Test func aggregatesAndEmptyBlocks() throws {
    // Blocks of means 1, 2 and largest scores 4, 2.
    let scores: [Float] = [0, 4, 2, 2, 0, 0, 2, 2]
    #expect(
      try Self.prune(.block(rows: 2, columns: 2), [2, 4], scores, keeping: .pool(4)) == [
        0, 0, 1, 1, 0, 0, 1, 1,
      ])
    #expect(
      try Self.prune(
        .block(rows: 2, columns: 2, aggregate: .maximum), [2, 4], scores, keeping: .pool(4))
        == [1, 1, 0, 0, 1, 1, 0, 0])
    #expect(throws: PruningError.emptyBlocks(0, 4, of: "w", granularity: "block")) {
      try Self.prune(.block(rows: 0, columns: 4), [2, 4], scores, keeping: .pool(4))
    }
    #expect("\(Granularity.block(rows: 1, columns: 8))" == "block(rows: 1, columns: 8)")
    #expect("\(Granularity.oneByN(outputs: 16))" == "one-by-n(outputs: 16)")
  }
}
