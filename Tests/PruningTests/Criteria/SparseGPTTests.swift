import CoppicePruning
import CoppiceTensors
import Testing

/// SparseGPT's columns on quadratics that are known exactly; against the authors' way in Tests/Reference/second_order.py elsewhere.
@Suite struct SparseGPTTests {
  private let quadratic = Quadratic.random(7, rows: 12, seed: 5)

  /// Rows that share H; each has its own optimum.
  private func pruned(
    _ rows: [[Double]], _ products: [[Double]], to sparsity: Double, block: Int = 3, damping: Double = 0,
    mask: [UInt8]? = nil
  ) throws -> (mask: [UInt8], weights: [[Double]]) {
    let columns = products.count
    let shape: Shape = [rows.count, columns]
    let masks = MaskSet([("w", Mask(shape, mask ?? [UInt8](repeating: 1, count: shape.count)))])
    let context = ScoringContext(
      weights: masks.applied(to: ParameterSet([("w", Tensor(shape, rows.flatMap { $0.map { Float($0) } }))])),
      masks: masks, seed: 3,
      evidence: [
        (
          .inputProducts,
          ParameterSet([("w", Tensor([1, columns, columns], products.flatMap { $0.map { Float($0) } }))])
        )
      ])
    let pruning = try Pruner(
      criterion: .sparseGPT(block: block, damping: damping), allocation: .layerWise
    ).prune(context, to: .sparsity(sparsity))
    let weights = try #require(pruning.weights?["w"]).scalars.map { Double($0) }
    return (
      try #require(pruning.masks["w"]).bytes,
      rows.indices.map { Array(weights[($0 * columns)..<(($0 + 1) * columns)]) }
    )
  }

  private func rows(_ count: Int) -> [[Double]] {
    var generator = Generator(state: 8)
    return (0..<count).map { _ in (0..<quadratic.hessian.count).map { _ in Double(generator.float()) } }
  }

  /// A column that went is made up for by the columns behind it as well as it can be, those before it being settled: optimal brain
  /// surgeon on what is left.
  @Test func everyColumnIsTheSurgeonOnWhatIsLeft() throws {
    let start = rows(4)
    let (mask, weights) = try pruned(start, quadratic.hessian, to: 0.5)
    #expect(mask.count { $0 == 1 } == 14)
    for (row, w) in weights.enumerated() {
      let problem = Quadratic(hessian: quadratic.hessian, optimum: start[row])
      var settled = start[row]
      for column in 0..<7 where mask[row * 7 + column] == 0 {
        settled[column] = 0
        settled = problem.least(free: Array((column + 1)..<7), fixed: settled)
      }
      for (a, b) in zip(w, settled) { #expect(abs(a - b) < 2e-5) }
    }
  }

  /// Σ ½ err² over what went is the loss that is measured; the best weights for the mask lose no more, and plain masking loses more
  /// here.
  @Test func theLossIsTheSumOfItsErrors() throws {
    let start = rows(4)
    let (mask, weights) = try pruned(start, quadratic.hessian, to: 0.5)
    var (loss, best, plain) = (0.0, 0.0, 0.0)
    for (row, w) in weights.enumerated() {
      let problem = Quadratic(hessian: quadratic.hessian, optimum: start[row])
      let kept = (0..<7).filter { mask[row * 7 + $0] == 1 }
      loss += problem.value(w)
      best += problem.value(problem.least(free: kept, fixed: [Double](repeating: 0, count: 7)))
      plain += problem.value(start[row].enumerated().map { mask[row * 7 + $0] == 1 ? $1 : 0 })
    }
    let root = try #require(SquareMatrix(7, quadratic.hessian.flatMap { $0 }).factorOfInverse)
    var errors = 0.0
    for row in start.indices {
      var w = start[row]
      for column in 0..<7 where mask[row * 7 + column] == 0 {
        let error = w[column] / root[column, column]
        errors += 0.5 * error * error
        for k in column..<7 { w[k] -= error * root[column, k] }
      }
    }
    #expect(abs(errors - loss) < 1e-5 * loss)
    #expect(best <= loss)
    #expect(loss < plain)
  }

  /// One weight of one row: the first column is the surgeon's own removal, at [H⁻¹]₀₀.
  @Test func theFirstColumnIsTheSurgeons() throws {
    var start = rows(1)
    start[0][0] = 1e-3
    let (mask, weights) = try pruned(start, quadratic.hessian, to: 1 / 7, block: 7)
    #expect(mask == [0, 1, 1, 1, 1, 1, 1])
    let problem = Quadratic(hessian: quadratic.hessian, optimum: start[0])
    let best = problem.least(free: Array(1..<7), fixed: [Double](repeating: 0, count: 7))
    for (a, b) in zip(weights[0], best) { #expect(abs(a - b) < 1e-5) }
  }

  /// Without ties between columns it is magnitude by H's diagonal, block by block, and nothing moves.
  @Test func withoutTiesNothingMoves() throws {
    let diagonal = (0..<7).map { i in (0..<7).map { $0 == i ? quadratic.hessian[i][i] : 0 } }
    let start = rows(2)
    let (mask, weights) = try pruned(start, diagonal, to: 0.5, block: 7)
    let scores = start.flatMap { row in row.enumerated().map { $1 * $1 * diagonal[$0][$0] } }
    let threshold = scores.sorted()[6]
    for (index, w) in weights.flatMap({ $0 }).enumerated() {
      #expect(mask[index] == (scores[index] > threshold ? 1 : 0))
      #expect(w == (mask[index] == 1 ? Double(Float(start[index / 7][index % 7])) : 0))
    }
  }

  /// Inputs that are always 0: their weights go first, none moves on their account, and those that stay keep their value.
  @Test func deadInputsGoFirst() throws {
    var products = quadratic.hessian
    for i in 0..<7 { for j in [2, 4] { (products[i][j], products[j][i]) = (0, 0) } }
    let start = rows(3)
    let (mask, weights) = try pruned(start, products, to: 4 / 21, block: 7)
    let gone = mask.indices.filter { mask[$0] == 0 }
    #expect(gone.count == 4)
    #expect(gone.allSatisfy { [2, 4].contains($0 % 7) })
    for (index, w) in weights.flatMap({ $0 }).enumerated() where mask[index] == 1 {
      #expect(w == Double(Float(start[index / 7][index % 7])))
    }
    let further = try pruned(start, products, to: 0.5, block: 7)
    #expect((0..<3).allSatisfy { further.mask[$0 * 7 + 2] == 0 && further.mask[$0 * 7 + 4] == 0 })
  }

  /// Every block gives in proportion to its survivors, and what was gone stays gone, at 0.
  @Test func everyBlockGivesItsShare() throws {
    let start = rows(4)
    var before = [UInt8](repeating: 1, count: 28)
    for row in 0..<4 { before[row * 7] = 0 }
    let (mask, weights) = try pruned(start, quadratic.hessian, to: 0.5, block: 3, mask: before)
    #expect(mask.count { $0 == 1 } == 14)
    #expect(zip(mask, before).allSatisfy { $0 <= $1 })
    #expect((0..<4).allSatisfy { weights[$0][0] == 0 })
    // Survivors were 8, 12 and 4 of 24: 14 of them are 4⅔, 7 and 2⅓.
    func kept(_ columns: Range<Int>) -> Int {
      (0..<4).reduce(0) { count, row in columns.reduce(count) { $0 + Int(mask[row * 7 + $1]) } }
    }
    #expect([kept(0..<3), kept(3..<6), kept(6..<7)] == [5, 7, 2])
  }

  @Test func whatHasNoInverseIsSaid() {
    #expect(throws: PruningError.notPositiveDefinite("w", criterion: "sparse-gpt")) {
      try pruned([[1, 2]], [[1, 1], [1, 1]], to: 0.5)
    }
    #expect(throws: Never.self) { try pruned([[1, 2]], [[1, 1], [1, 1]], to: 0.5, damping: 0.01) }
  }

  // MARK: Under a pattern

  /// Group after group by the definition: optimal brain surgeon on what is left chooses and moves, in plain arrays.
  private func byGroups(
    _ row: [Double], _ products: [[Double]], keep: Int, groups: [[Int]]
  ) throws -> (kept: [Int], weights: [Double]) {
    let order = groups.flatMap { $0 }
    let permuted = order.map { i in order.map { products[i][$0] } }
    let root = try #require(SquareMatrix(order.count, permuted.flatMap { $0 }).factorOfInverse)
    var w = order.map { row[$0] }
    var kept: [Int] = []
    for (place, group) in groups.enumerated() {
      let columns = (place * group.count)..<((place + 1) * group.count)
      let stay = columns.sorted { pow2(w[$0] / root[$0, $0]) > pow2(w[$1] / root[$1, $1]) }.prefix(keep)
      kept += stay.map { order[$0] }
      for column in columns where !stay.contains(column) {
        let error = w[column] / root[column, column]
        for k in column..<order.count { w[k] -= error * root[column, k] }
        w[column] = 0
      }
    }
    var weights = row
    for (place, column) in order.enumerated() { weights[column] = w[place] }
    return (kept.sorted(), weights)
  }

  private func pow2(_ value: Double) -> Double { value * value }

  /// A linear layer of 8 inputs, and a convolution of 4 input channels at two places: groups are channels at one place.
  @Test(arguments: [Shape([3, 8]), [3, 4, 2, 1]]) func everyGroupKeepsItsN(shape: Shape) throws {
    let quadratic = Quadratic.random(8, rows: 14, seed: 6)
    var generator = Generator(state: 4)
    let start = (0..<3).map { _ in (0..<8).map { _ in Double(generator.float()) } }
    let products = quadratic.hessian.map { $0.map { Double(Float($0)) } }
    let groups = shape.rank == 2 ? [[0, 1, 2, 3], [4, 5, 6, 7]] : [[0, 2, 4, 6], [1, 3, 5, 7]]
    let masks = MaskSet([("w", Mask(keepingAll: shape))])
    let context = ScoringContext(
      weights: ParameterSet([("w", Tensor(shape, start.flatMap { $0.map { Float($0) } }))]), masks: masks,
      seed: 3,
      evidence: [
        (.inputProducts, ParameterSet([("w", Tensor([1, 8, 8], products.flatMap { $0.map { Float($0) } }))]))
      ])
    for allocation in [Allocation.global, .layerWise, .rowWise] {
      let pruner = Pruner(
        criterion: .sparseGPT(damping: 0), granularity: .nOfM(keep: 2, of: 4), allocation: allocation)
      try pruner.checkCompatibility(with: masks.layers)
      let pruning = try pruner.prune(context, to: .sparsity(0.5))
      let (mask, weights) = (
        try #require(pruning.masks["w"]).bytes, try #require(pruning.weights?["w"]).scalars
      )
      #expect(pruning.report.sparsity == 0.5 && pruning.report.ties == nil)
      for row in 0..<3 {
        let found = (0..<8).filter { mask[row * 8 + $0] == 1 }
        let expected = try byGroups(start[row], products, keep: 2, groups: groups)
        #expect(found == expected.kept)
        for group in groups { #expect(group.count { found.contains($0) } == 2) }
        for column in 0..<8 {
          #expect(abs(Double(weights[row * 8 + column]) - expected.weights[column]) < 2e-5)
        }
      }
      // What is pruned already keeps its masks; nothing asked for is nothing done.
      let again = try pruner.prune(
        ScoringContext(
          weights: try #require(pruning.weights), masks: pruning.masks, seed: 3,
          evidence: [(.inputProducts, try context.evidence(.inputProducts))]), to: .sparsity(0.5))
      #expect(again.masks == pruning.masks)
      let whole = try pruner.prune(context, to: .sparsity(0))
      #expect(whole.masks == masks && whole.weights?["w"] == context.weights["w"])
    }
  }

  @Test func permutedChannelsAreRefusedBefore() {
    let pruner = Pruner(
      criterion: .sparseGPT(), granularity: .nOfM(keep: 2, of: 4, permuted: true), allocation: .layerWise)
    let error = #expect(throws: PruningError.self) {
      try pruner.checkCompatibility(with: [PrunableLayer(name: "w", shape: [3, 8])])
    }
    #expect(
      error?.description
        == "criterion sparse-gpt cannot be used here: it chooses in one group after the other while it moves weights, and has "
        + "no scores by which channels could be permuted before; use permuted: false")
  }
}
