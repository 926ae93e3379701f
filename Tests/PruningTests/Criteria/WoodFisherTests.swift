import CoppicePruning
import CoppiceTensors
import Testing

/// Optimal brain surgeon on a quadratic that is known exactly, and against PyTorch.
@Suite struct WoodFisherTests {
  private let quadratic = Quadratic.random(6, rows: 9, seed: 11)
  private let damping = 1e-9

  private func pruned(
    _ update: Criterion.SurgeonUpdate, to sparsity: Double, mask: [UInt8] = [1, 1, 1, 1, 1, 1]
  ) throws -> (gone: [Int], weights: [Double], scores: [Float]) {
    let criterion = Criterion.woodFisher(block: 6, damping: damping, update: update)
    let masks = MaskSet([("w", Mask([2, 3], mask))])
    let context = ScoringContext(
      weights: masks.applied(to: ParameterSet([("w", Tensor([2, 3], quadratic.optimum.map { Float($0) }))])),
      masks: masks,
      evidence: [(.fisherBlocks(of: 6), ParameterSet([("w", Tensor([1, 21], quadratic.triangle))]))])
    let pruning = try Pruner(criterion: criterion).prune(context, to: .sparsity(sparsity))
    let bytes = try #require(pruning.masks["w"]).bytes
    return (
      bytes.indices.filter { bytes[$0] == 0 }, try #require(pruning.weights?["w"]).scalars.map { Double($0) },
      try #require(try criterion.scores(in: context)["w"]).scalars
    )
  }

  /// Of one weight the update is the least of the quadratic without it, the score is what that costs, and no other weight costs less.
  @Test(arguments: Criterion.SurgeonUpdate.allCases)
  func oneWeightGoesAtTheLeastCost(update: Criterion.SurgeonUpdate) throws {
    let (gone, weights, scores) = try pruned(update, to: 1 / 6)
    let costs = (0..<6).map { q in
      quadratic.value(
        quadratic.least(free: (0..<6).filter { $0 != q }, fixed: [Double](repeating: 0, count: 6)))
    }
    for (score, cost) in zip(scores, costs) { #expect(abs(Double(score) - cost) < 1e-5 * (1 + cost)) }
    #expect(gone == [try #require(costs.firstIndex(of: costs.min() ?? 0))])
    let best = quadratic.least(
      free: (0..<6).filter { !gone.contains($0) }, fixed: [Double](repeating: 0, count: 6))
    for (found, value) in zip(weights, best) { #expect(abs(found - value) < 1e-5) }
  }

  /// Of several weights the joint update is the least of the quadratic without them. The paper's sum of moves is not.
  @Test func theJointUpdateIsTheLeast() throws {
    let (gone, joint, _) = try pruned(.joint, to: 0.5)
    let separate = try pruned(.separate, to: 0.5)
    #expect(gone.count == 3)
    #expect(separate.gone == gone)
    let best = quadratic.least(
      free: (0..<6).filter { !gone.contains($0) }, fixed: [Double](repeating: 0, count: 6))
    for (found, value) in zip(joint, best) { #expect(abs(found - value) < 1e-5) }
    #expect(quadratic.value(joint) < quadratic.value(separate.weights) - 1e-6)
    let masked = quadratic.optimum.enumerated().map { gone.contains($0) ? 0 : $1 }
    #expect(quadratic.value(joint) < quadratic.value(masked) - 1e-6)
  }

  /// A weight that is gone takes no part: the others are scored as if it had never been.
  @Test func prunedWeightsAreNoPartOfTheMatrix() throws {
    let (gone, weights, scores) = try pruned(.joint, to: 2 / 6, mask: [1, 0, 1, 1, 1, 1])
    #expect(gone.count == 2 && gone.contains(1))
    let rest = Quadratic(
      hessian: quadratic.hessian, optimum: quadratic.optimum.enumerated().map { $0 == 1 ? 0 : $1 })
    for q in [0, 2, 3, 4, 5] {
      let without = rest.least(
        free: (0..<6).filter { $0 != q && $0 != 1 }, fixed: [Double](repeating: 0, count: 6))
      #expect(abs(Double(scores[q]) - rest.value(without)) < 1e-5 * (1 + rest.value(without)))
      if gone.contains(q) { for (a, b) in zip(weights, without) { #expect(abs(a - b) < 1e-5) } }
    }
  }

  /// Blocks see nothing of each other: two blocks of three are two problems.
  @Test func blocksAreApart() throws {
    func scores(_ block: Int, _ triangles: Tensor) throws -> [Float] {
      let criterion = Criterion.woodFisher(block: block, damping: damping)
      let context = ScoringContext(
        weights: ParameterSet([("w", Tensor([6], quadratic.optimum.map { Float($0) }))]),
        masks: MaskSet([("w", Mask(keepingAll: [6]))]),
        evidence: [(.fisherBlocks(of: block), ParameterSet([("w", triangles)]))])
      return try #require(try criterion.scores(in: context)["w"]).scalars
    }
    let halves = [0, 3].map { start in
      Quadratic(
        hessian: (start..<(start + 3)).map { i in (start..<(start + 3)).map { quadratic.hessian[i][$0] } },
        optimum: Array(quadratic.optimum[start..<(start + 3)]))
    }
    let both = try scores(3, Tensor([2, 6], halves.flatMap(\.triangle)))
    var zeroed = quadratic.hessian
    for i in 0..<3 { for j in 3..<6 { (zeroed[i][j], zeroed[j][i]) = (0, 0) } }
    let whole = try scores(
      6, Tensor([1, 21], Quadratic(hessian: zeroed, optimum: quadratic.optimum).triangle))
    for (a, b) in zip(both, whole) { #expect(abs(a - b) < 1e-6) }
    // Where nothing is tied to anything, it is ½ h w².
    let diagonal = (0..<6).map { i in (0..<6).map { $0 == i ? quadratic.hessian[i][i] : 0 } }
    let alone = try scores(
      6, Tensor([1, 21], Quadratic(hessian: diagonal, optimum: quadratic.optimum).triangle))
    for i in 0..<6 {
      let w = quadratic.optimum[i]
      #expect(abs(Double(alone[i]) - 0.5 * quadratic.hessian[i][i] * w * w) < 1e-6)
    }
  }

  @Test func aMatrixWithoutAnInverseIsSaid() throws {
    let context = ScoringContext(
      weights: ParameterSet([("w", Tensor([2], [1, 2]))]), masks: MaskSet([("w", Mask(keepingAll: [2]))]),
      evidence: [(.fisherBlocks(of: 2), ParameterSet([("w", Tensor([1, 3], [1, 5, 1]))]))])
    #expect(throws: PruningError.notPositiveDefinite("w", criterion: "wood-fisher")) {
      try Criterion.woodFisher(block: 2).scores(in: context)
    }
  }
}
