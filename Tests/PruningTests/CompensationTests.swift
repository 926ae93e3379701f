import CoppicePruning
import CoppiceTensors
import Testing

/// Criteria that move survivors, on a least-squares problem: L(w) = ½ (w − w*)ᵀ H (w − w*) with a Hessian that is known exactly.
@Suite struct CompensationTests {
  /// Symmetric, diagonally dominant, so positive definite; exact in Float.
  static let hessian: [[Double]] = [
    [4, 1.5, 0.5, -1], [1.5, 3, -0.5, 0.25], [0.5, -0.5, 2, 0.75], [-1, 0.25, 0.75, 3.5],
  ]
  static let optimum: [Double] = [0.5, -0.25, 1, 0.375]
  static let exactHessian = Evidence("hessian") { _ in [] }

  private func context(_ mask: [UInt8] = [1, 1, 1, 1]) -> ScoringContext {
    ScoringContext(
      weights: ParameterSet([
        ("w", Tensor([1, 4], Self.optimum.map { Float($0) })), ("b", Tensor([1], [3])),
      ]), masks: MaskSet([("w", Mask([1, 4], mask))]),
      evidence: [
        (
          Self.exactHessian,
          ParameterSet([("w", Tensor([4, 4], Self.hessian.flatMap { $0.map { Float($0) } }))])
        )
      ])
  }

  /// L at w.
  private func loss(_ w: [Double]) -> Double {
    let d = zip(w, Self.optimum).map(-)
    return 0.5
      * d.indices.reduce(0) { sum, i in sum + d.indices.reduce(0) { $0 + d[i] * Self.hessian[i][$1] * d[$1] }
      }
  }

  /// The best w with zeros outside `kept`: H_kk w_k = (H w*)_k, the normal equations, by Gauss's elimination.
  private static func best(keeping kept: [Int], _ hessian: [[Double]], _ optimum: [Double]) -> [Double] {
    var rows = kept.map { i in
      kept.map { hessian[i][$0] } + [optimum.indices.reduce(0) { $0 + hessian[i][$1] * optimum[$1] }]
    }
    for pivot in rows.indices {
      for row in rows.indices where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        rows[row] = zip(rows[row], rows[pivot]).map { $0 - factor * $1 }
      }
    }
    var w = [Double](repeating: 0, count: optimum.count)
    for (row, i) in kept.enumerated() { w[i] = rows[row][kept.count] / rows[row][row] }
    return w
  }

  /// The inverse, column by column.
  private static func inverse(_ matrix: [[Double]]) -> [[Double]] {
    let all = Array(matrix.indices)
    let columns = all.map { column in
      // H x = e is the same elimination with H w* replaced by e: solve for the unit vector.
      var rows = all.map { i in matrix[i] + [i == column ? 1.0 : 0] }
      for pivot in all {
        for row in all where row != pivot {
          let factor = rows[row][pivot] / rows[pivot][pivot]
          rows[row] = zip(rows[row], rows[pivot]).map { $0 - factor * $1 }
        }
      }
      return all.map { rows[$0][all.count] / rows[$0][$0] }
    }
    return all.map { i in all.map { columns[$0][i] } }
  }

  /// Optimal brain surgeon, one weight: ρ_q = w_q² / (2 [H⁻¹]_qq), δw = −w_q / [H⁻¹]_qq · H⁻¹ e_q.
  private static let surgeon = Criterion(
    "surgeon", needs: .evidence(exactHessian),
    scores: { context in
      let inverse = inverse(try hessian(in: context))
      return try context.scoreEach { _, weight in
        Tensor(
          weight.shape,
          weight.scalars.enumerated().map { q, w in Float(Double(w) * Double(w) / (2 * inverse[q][q])) })
      }
    },
    compensate: { context, masks in
      let inverse = inverse(try hessian(in: context))
      guard let mask = masks["w"], let q = mask.bytes.firstIndex(of: 0), var weight = context.weights["w"]
      else {
        return ParameterSet()
      }
      let step = Double(weight.scalars[q]) / inverse[q][q]
      for i in weight.scalars.indices { weight.scalars[i] -= Float(step * inverse[i][q]) }
      weight.scalars[q] = 0
      return ParameterSet([("w", weight)])
    })

  private static func hessian(in context: ScoringContext) throws -> [[Double]] {
    let flat = try context.evidence(exactHessian, for: "w").scalars
    return (0..<4).map { i in flat[(4 * i)..<(4 * i + 4)].map { Double($0) } }
  }

  @Test func theSurgeonReachesTheBestThereIs() throws {
    let pruning = try Pruner(criterion: Self.surgeon).prune(context(), to: .sparsity(0.25))
    #expect(pruning.report.keptCount == 3)
    let kept = (0..<4).filter { pruning.masks["w"]?.bytes[$0] == 1 }
    // Of the four subsets of three weights it is the one whose best loss is least, and the weights are the best of it.
    let losses = (0..<4).map { gone in
      loss(Self.best(keeping: (0..<4).filter { $0 != gone }, Self.hessian, Self.optimum))
    }
    let best = Self.best(keeping: kept, Self.hessian, Self.optimum)
    #expect(loss(best) == losses.min())
    let moved = try #require(pruning.weights?["w"]).scalars
    for (a, b) in zip(moved, best) { #expect(abs(Double(a) - b) < 1e-6) }
    #expect(zip(moved, pruning.masks["w"]?.bytes ?? []).allSatisfy { $1 == 1 || $0.bitPattern == 0 })
    #expect(pruning.weights?["b"]?.scalars == [3])
    #expect(pruning.weights?.names == ["w", "b"])
    // The score is the rise of the loss, to the bit of Float.
    let score = try Self.surgeon.scores(in: context())["w"]?.scalars.min()
    #expect(abs(Double(try #require(score)) - loss(best)) < 1e-6)
  }

  /// Every subset of the survivors, solved exactly: out of reach but for tiny layers.
  private static let exhaustive = Criterion(solver: "exhaustive", needs: .evidence(exactHessian)) { layer in
    let hessian = try hessian(in: layer.context)
    let optimum = layer.weight.scalars.map { Double($0) }
    func loss(_ w: [Double]) -> Double {
      let d = zip(w, optimum).map(-)
      return d.indices.reduce(0) { sum, i in sum + d.indices.reduce(0) { $0 + d[i] * hessian[i][$1] * d[$1] }
      }
    }
    let subsets = (0..<16).map { bits in (0..<4).filter { bits >> $0 & 1 == 1 } }.filter { kept in
      kept.count == layer.survivors && kept.allSatisfy { layer.mask.bytes[$0] == 1 }
    }
    let found = subsets.map { ($0, best(keeping: $0, hessian, optimum)) }.min { loss($0.1) < loss($1.1) }
    guard let (kept, w) = found else { return (layer.mask, layer.weight) }
    return (
      Mask(layer.mask.shape, (0..<4).map { kept.contains($0) ? 1 : 0 }),
      Tensor(layer.weight.shape, w.map { Float($0) })
    )
  }

  @Test func aSolverBeatsPlainMasking() throws {
    let plain = try Pruner(criterion: .magnitude).prune(context(), to: .sparsity(0.5))
    let solved = try Pruner(criterion: Self.exhaustive, allocation: .layerWise).prune(
      context(), to: .sparsity(0.5))
    #expect(solved.report.keptCount == 2)
    let masked = try #require(plain.masks.applied(to: context().weights)["w"]).scalars.map { Double($0) }
    let weights = try #require(solved.weights?["w"]).scalars.map { Double($0) }
    #expect(loss(weights) < 0.9 * loss(masked))
    #expect(weights.filter { $0 != 0 }.count == 2)
    // Masks shrink: what is gone is no candidate.
    let further = try Pruner(criterion: Self.exhaustive, allocation: .layerWise).prune(
      context([0, 1, 1, 1]), to: .sparsity(0.5))
    #expect(further.masks["w"]?.bytes[0] == 0)
    #expect(further.report.keptCount == 2)
  }

  @Test func solversTakeLayersOfSingleWeights() {
    #expect(throws: PruningError.solverQuota(criterion: "exhaustive", allocation: "global")) {
      try Pruner(criterion: Self.exhaustive).prune(context(), to: .sparsity(0.5))
    }
    #expect(throws: PruningError.solverUnits(criterion: "exhaustive", granularity: "neuron")) {
      try Pruner(criterion: Self.exhaustive, granularity: .neuron, allocation: .layerWise).prune(
        context(), to: .sparsity(0.5))
    }
    #expect(throws: PruningError.solverScores(criterion: "exhaustive")) {
      try Self.exhaustive.scores(in: context())
    }
    #expect(Self.exhaustive.movesSurvivors)
    #expect(Self.surgeon.movesSurvivors)
    #expect(!Criterion.magnitude.movesSurvivors)
  }

  @Test func whatComesBackIsChecked() {
    func compensate(_ name: String, _ tensor: Tensor) throws {
      let criterion = Criterion(
        "mine", scores: { try $0.scoreEach { _, weight in weight } },
        compensate: { _, _ in ParameterSet([(name, tensor)]) })
      _ = try Pruner(criterion: criterion).prune(context(), to: .sparsity(0.25))
    }
    // The lowest score is that of element 1.
    #expect(throws: Never.self) { try compensate("w", Tensor([1, 4], [9, 0, 9, 9])) }
    #expect(throws: PruningError.movedPruned(0.5, of: "w", index: 1, criterion: "mine")) {
      try compensate("w", Tensor([1, 4], [9, 0.5, 9, 9]))
    }
    #expect(throws: PruningError.movedShape([4], of: "w", shape: [1, 4], criterion: "mine")) {
      try compensate("w", Tensor([4], [9, 0, 9, 9]))
    }
    #expect(throws: PruningError.movedNotFinite(.infinity, of: "w", index: 3, criterion: "mine")) {
      try compensate("w", Tensor([1, 4], [9, 0, 9, .infinity]))
    }
    #expect(throws: PruningError.movedUnknown("v", criterion: "mine")) {
      try compensate("v", Tensor([1], [1]))
    }
    func solve(_ mask: Mask, _ tensor: Tensor) throws {
      _ = try Pruner(criterion: Criterion(solver: "mine") { _ in (mask, tensor) }, allocation: .layerWise)
        .prune(context(), to: .sparsity(0.25))
    }
    let mask = Mask([1, 4], [1, 0, 1, 1])
    #expect(throws: Never.self) { try solve(mask, Tensor([1, 4], [9, 0, 9, 9])) }
    #expect(throws: PruningError.solvedCount(2, wanted: 3, of: "w", criterion: "mine")) {
      try solve(Mask([1, 4], [1, 0, 0, 1]), Tensor([1, 4], [9, 0, 0, 9]))
    }
    #expect(throws: PruningError.movedPruned(1, of: "w", index: 1, criterion: "mine")) {
      try solve(mask, Tensor([1, 4], [9, 1, 9, 9]))
    }
    #expect(throws: PruningError.maskShape([4], of: "w", shape: [1, 4])) {
      try solve(Mask([4], [1, 0, 1, 1]), Tensor([1, 4], [9, 0, 9, 9]))
    }
  }

  @Test func theNeedsOfASolverAndACompensationAreHeld() {
    let sly = Criterion(solver: "sly") { layer in (layer.mask, try layer.evidence(Self.exactHessian)) }
    #expect(throws: PruningError.undeclaredNeed(.evidence(Self.exactHessian), criterion: "sly")) {
      try Pruner(criterion: sly, allocation: .layerWise).prune(context(), to: .sparsity(0))
    }
    let compensating = Criterion(
      "sly", scores: { try $0.scoreEach { _, weight in weight } },
      compensate: { context, _ in try context.gradients() })
    #expect(throws: PruningError.undeclaredNeed(.gradients, criterion: "sly")) {
      try Pruner(criterion: compensating).prune(context(), to: .sparsity(0))
    }
  }
}
