import CoppicePruning
import CoppiceTensors
import Testing

/// Sparse regression against every subset there is.
@Suite struct ChitaTests {
  private struct Problem {
    let gradients: [[Double]]
    let start: [Double]
    let damping = 0.05

    init(examples: Int, weights: Int, seed: UInt64) {
      var generator = Generator(state: seed)
      gradients = (0..<examples).map { _ in (0..<weights).map { _ in Double(generator.float()) } }
      start = (0..<weights).map { _ in Double(generator.float()) }
    }

    func objective(_ w: [Double]) -> Double {
      let d = zip(w, start).map(-)
      let errors = gradients.map { row in 1 + zip(row, d).reduce(0) { $0 + $1.0 * $1.1 } }
      return errors.reduce(0) { $0 + $1 * $1 } / Double(2 * gradients.count)
        + damping / 2 * d.reduce(0) { $0 + $1 * $1 }
    }

    /// The least with these weights alone: the same quadratic, its H and its optimum by the normal equations.
    func least(keeping kept: [Int]) -> [Double] {
      let (n, all) = (Double(gradients.count), Array(start.indices))
      let hessian = all.map { i in
        all.map { j in gradients.reduce(0) { $0 + $1[i] * $1[j] } / n + (i == j ? damping : 0) }
      }
      let slope = all.map { i in gradients.reduce(0) { $0 + $1[i] } / n }
      let zero = [Double](repeating: 0, count: start.count)
      let move = Quadratic(hessian: hessian, optimum: zero).least(free: all, fixed: zero, adding: slope)
      return Quadratic(hessian: hessian, optimum: zip(start, move).map(+)).least(free: kept, fixed: zero)
    }

    func solve(_ survivors: Int, iterations: Int = 100) throws -> (kept: [Int], weights: [Double]) {
      let shape: Shape = [1, start.count]
      let context = ScoringContext(
        weights: ParameterSet([("w", Tensor(shape, start.map { Float($0) }))]),
        masks: MaskSet([("w", Mask(keepingAll: shape))]), seed: 1,
        evidence: [
          (
            .exampleGradients,
            ParameterSet([
              (
                "w",
                Tensor([gradients.count, 1, start.count], gradients.flatMap { $0.map { Float($0) } })
              )
            ])
          )
        ])
      let pruning = try Pruner(
        criterion: .chita(damping: damping, iterations: iterations), allocation: .layerWise
      ).prune(context, to: .sparsity(1 - Double(survivors) / Double(start.count)))
      let bytes = try #require(pruning.masks["w"]).bytes
      return (
        bytes.indices.filter { bytes[$0] == 1 },
        try #require(pruning.weights?["w"]).scalars.map { Double($0) }
      )
    }
  }

  private static func subsets(of count: Int, size: Int) -> [[Int]] {
    (0..<(1 << count)).map { bits in (0..<count).filter { bits >> $0 & 1 == 1 } }.filter { $0.count == size }
  }

  /// The weights are the best for the support that was found, which is no worse than that of the largest weights and, of 20 problems,
  /// the best of all in a third.
  @Test func supportsAreGoodAndWeightsTheBest() throws {
    var (best, better) = (0, 0)
    for seed in 1...20 {
      let problem = Problem(examples: 6, weights: 9, seed: UInt64(seed))
      let (kept, weights) = try problem.solve(4)
      #expect(kept.count == 4)
      for (a, b) in zip(weights, problem.least(keeping: kept)) { #expect(abs(a - b) < 1e-4) }
      let all = Self.subsets(of: 9, size: 4).map { problem.objective(problem.least(keeping: $0)) }
      let value = problem.objective(weights)
      let largest = problem.start.indices.sorted { abs(problem.start[$0]) > abs(problem.start[$1]) }.prefix(4)
      let magnitude = problem.objective(problem.least(keeping: largest.sorted()))
      #expect(value >= (all.min() ?? 0) - 1e-6)
      #expect(value <= magnitude + 1e-6)
      if value <= (all.min() ?? 0) + 1e-6 { best += 1 }
      if value < magnitude - 1e-6 { better += 1 }
    }
    #expect(best >= 6, "\(best) of 20 are the best")
    #expect(better >= 8, "\(better) of 20 are better than magnitude")
  }

  @Test func withoutIterationsItIsMagnitude() throws {
    let problem = Problem(examples: 5, weights: 8, seed: 3)
    let largest = problem.start.indices.sorted { abs(problem.start[$0]) > abs(problem.start[$1]) }.prefix(3)
    #expect(try problem.solve(3, iterations: 0).kept == largest.sorted())
  }

  /// Nothing to remove: the regression still moves everything to where the quadratic is least.
  @Test func allOfThemIsRidgeRegression() throws {
    let problem = Problem(examples: 4, weights: 6, seed: 9)
    let (kept, weights) = try problem.solve(6)
    #expect(kept == Array(0..<6))
    for (a, b) in zip(weights, problem.least(keeping: kept)) { #expect(abs(a - b) < 1e-4) }
  }

  /// More survivors than are taken at a time, and none of them a multiple of four: at the least on a support the slope is 0 there.
  @Test func manySurvivorsAreTakenInTiles() throws {
    let problem = Problem(examples: 4, weights: 2_100, seed: 11)
    let (kept, weights) = try problem.solve(1_031, iterations: 0)
    #expect(kept.count == 1_031)
    let moves = zip(weights, problem.start.map { Double(Float($0)) }).map(-)
    let errors = problem.gradients.map { row in 1 + zip(row, moves).reduce(0) { $0 + $1.0 * $1.1 } }
    for place in kept {
      let slope = zip(problem.gradients, errors).reduce(0) { $0 + $1.0[place] * $1.1 } / 4
      #expect(abs(slope + problem.damping * moves[place]) < 1e-4)
    }
  }

  /// It chooses wherever a weight is: no pattern, no rows, no pool, each with what is possible.
  @Test func whatItDoesNotTakeIsRefusedBefore() {
    func problem(_ granularity: Granularity, _ allocation: Allocation) -> String {
      do {
        try Pruner(criterion: .chita(), granularity: granularity, allocation: allocation)
          .checkCompatibility(with: Networks.context().masks.layers, structure: Networks.structure)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem(.weight, .layerWise) == "")
    #expect(
      problem(.nOfM(keep: 2, of: 4, uneven: .dense), .layerWise)
        == "criterion chita chooses weights wherever they are in a layer, and granularity n-of-m keeps so many of every group: "
        + "use granularity weight, or a criterion that keeps a pattern and moves survivors, such as sparse-gpt or wood-fisher"
    )
    #expect(problem(.neuron, .layerWise).contains("use granularity weight"))
    #expect(problem(.weight, .rowWise).contains("use layer-wise"))
    #expect(problem(.weight, .global).contains("such as layer-wise"))
  }
}
