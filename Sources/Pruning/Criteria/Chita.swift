import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// The best k weights of a layer, chosen and moved together: sparse regression on the gradients of examples.
  ///
  /// With A `[examples, weights]` the gradients of the examples' own losses at the weights w₀, the loss at w is to second order
  /// 1 / (2N) · ‖A (w − w₀) + 1‖² and a constant, the empirical Fisher information being AᵀA / N and the gradient Aᵀ1 / N. This plus
  /// ½ λ ‖w − w₀‖² is made small under the condition that k weights are not 0. No matrix over weights is ever made.
  ///
  /// R. Benbaki et al., "Fast as CHITA: neural network pruning with combinatorial optimization", ICML 2023. Built are its iterative
  /// hard thresholding, w ← the k largest of w − τ ∇, and the ridge regression on the support that it comes to, by the identity of
  /// Woodbury. It starts at the ridge regression on the k weights of largest magnitude, and nothing that it does makes the objective
  /// larger. τ is found by halving where the paper finds breakpoints. Its local search, which exchanges survivors for others, its path
  /// of several stages and its structured form are not built. All layers are one problem in the paper; here each layer is one by itself,
  /// the others at w₀, and patterns are refused. Beside the gradients the work takes some N² numbers, whatever the layer.
  /// - Parameters:
  ///   - damping: λ.
  ///   - iterations: how many steps of thresholding there are at most.
  public static func chita(damping: Double = 0.01, iterations: Int = 100) -> Criterion {
    Criterion(
      solver: "chita", version: 1,
      fields: [("damping", .number(damping)), ("iterations", .integer(iterations))],
      needs: .evidence(.exampleGradients),
      requires: { setup in
        for layer in setup.layers where layer.count > SparseRegression.mostWeights {
          throw setup.refuse(
            "\(layer.name) has \(layer.count) weights, and the gradients of every example are kept; it takes layers of up to "
              + "\(SparseRegression.mostWeights), so let the allocation ignore the layer", for: "chita")
        }
      }
    ) { layer in
      let regression = try SparseRegression(layer, damping: damping)
      return try regression.solve(iterations: iterations)
    }
  }
}

extension Shipped<Criterion> {
  static let chita = Shipped(
    .chita(), "sparse regression on the gradients of examples, layer by layer", paper: "Benbaki et al. 2023"
  ) { fields in
    .chita(
      damping: try fields.positive("damping", default: 0.01),
      iterations: try fields.integer("iterations", in: 0...100_000, default: 100))
  }
}

/// 1 / (2N) · ‖A (w − w₀) + 1‖² + ½ λ ‖w − w₀‖² over the w with so many weights that are not 0.
private struct SparseRegression {
  /// The most weights a layer may have: the gradients of 1,000 examples take 1 GB.
  static let mostWeights = 1 << 18
  /// How many columns of A are taken at a time, a multiple of 4.
  private static let tile = 1024

  let layer: SolverContext
  let damping: Double
  /// The examples N.
  let examples: Int
  /// A, row by row.
  let gradients: [Float]
  /// w₀.
  let start: [Double]

  init(_ layer: SolverContext, damping: Double) throws {
    let gradients = try layer.evidence(.exampleGradients)
    guard gradients.shape.rank > 0, gradients.shape[0] > 0,
      Array(gradients.shape.axes.dropFirst()) == layer.weight.shape.axes
    else {
      throw PruningError.evidenceShape(
        gradients.shape, of: layer.parameter, shape: layer.weight.shape,
        evidence: Evidence.exampleGradients.name)
    }
    (self.layer, self.damping) = (layer, damping)
    (examples, self.gradients) = (gradients.shape[0], gradients.scalars)
    start = layer.weight.scalars.map { Double($0) }
  }

  func solve(iterations: Int) throws -> (Mask, Tensor) {
    var mask = try largest(start)
    var weights = try ridge(mask)
    var value = objective(weights)
    var best = (mask: mask, weights: weights, value: value)
    var step = 1 / damping
    for _ in 0..<iterations {
      let slope = gradient(weights)
      guard let next = try descend(from: weights, value, slope, &step) else { break }
      let isSettled = next.mask == mask
      (mask, weights, value) = next
      // On a support that stays the regression is the end of all further steps.
      guard isSettled else { continue }
      weights = try ridge(mask)
      let solved = objective(weights)
      guard solved < best.value else { break }
      (value, best) = (solved, (mask, weights, solved))
    }
    let last = try ridge(mask)
    let solved = objective(last)
    if solved < best.value { best = (mask, last, solved) }
    let scalars = zip(best.weights, best.mask.bytes).map { $1 == 0 ? 0 : Float($0) }
    return (best.mask, Tensor(layer.weight.shape, scalars))
  }

  /// One step of thresholding, of the longest length that makes the objective smaller by what a step of that length must; `nil` where
  /// none does.
  private func descend(
    from weights: [Double], _ value: Double, _ slope: [Double], _ step: inout Double
  ) throws -> (mask: Mask, weights: [Double], value: Double)? {
    for _ in 0..<60 {
      let moved = zip(weights, slope).map { $0 - step * $1 }
      let mask = try largest(moved)
      let next = zip(moved, mask.bytes).map { $1 == 0 ? 0 : $0 }
      let found = objective(next)
      let distance = zip(next, weights).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if found < value - 1e-4 * distance / step {
        step *= 2
        return (mask, next, found)
      }
      step /= 2
    }
    return nil
  }

  /// As many survivors as are asked for, the largest.
  private func largest(_ weights: [Double]) throws -> Mask {
    try layer.survivors(byScore: Tensor(layer.weight.shape, weights.map { Float($0.magnitude) }))
  }

  /// A (w − w₀) + 1.
  private func residual(_ weights: [Double]) -> [Double] {
    let moves = zip(weights, start).map(-)
    return (0..<examples).map { example in
      gradients.withUnsafeBufferPointer { all in
        var sum = 1.0
        let base = example * moves.count
        for index in moves.indices where moves[index] != 0 { sum += Double(all[base + index]) * moves[index] }
        return sum
      }
    }
  }

  func objective(_ weights: [Double]) -> Double {
    let errors = residual(weights).reduce(0) { $0 + $1 * $1 }
    let moves = zip(weights, start).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return errors / Double(2 * examples) + damping / 2 * moves
  }

  private func gradient(_ weights: [Double]) -> [Double] {
    let errors = residual(weights)
    var slope = zip(weights, start).map { damping * ($0 - $1) * Double(examples) }
    slope.withUnsafeMutableBufferPointer { slope in
      gradients.withUnsafeBufferPointer { all in
        for example in 0..<examples where errors[example] != 0 {
          let (base, error) = (example * slope.count, errors[example])
          for index in slope.indices { slope[index] += error * Double(all[base + index]) }
        }
      }
    }
    for index in slope.indices { slope[index] /= Double(examples) }
    return slope
  }

  /// The best weights with these survivors: w_S = w₀_S − A_Sᵀ (A_S A_Sᵀ + N λ)⁻¹ c, c being the residual where the others are 0.
  private func ridge(_ mask: Mask) throws -> [Double] {
    let masked = zip(start, mask.bytes).map { $1 == 0 ? 0 : $0 }
    let kept = mask.bytes.indices.filter { mask.bytes[$0] != 0 }
    var matrix = products(of: kept)
    for i in 0..<examples { matrix[i, i] += Double(examples) * damping }
    guard let factor = matrix.factor else {
      throw PruningError.notPositiveDefinite(layer.parameter, criterion: layer.criterion)
    }
    let solved = factor.solving(residual(masked))
    var moves = [Double](repeating: 0, count: kept.count)
    gradients.withUnsafeBufferPointer { all in
      for example in 0..<examples {
        let (base, factor) = (example * start.count, solved[example])
        for (place, element) in kept.enumerated() { moves[place] += Double(all[base + element]) * factor }
      }
    }
    var weights = masked
    for (place, element) in kept.enumerated() { weights[element] -= moves[place] }
    return weights
  }

  /// The upper triangle of A_S A_Sᵀ. Of each two rows it is four sums of every fourth product, then their sum, then what is left of the
  /// row. Columns go through in tiles, so that no more of A than a tile is there in Double precision.
  private func products(of kept: [Int]) -> SquareMatrix {
    let whole = kept.count / 4 * 4
    var sums = [SIMD4<Double>](repeating: .zero, count: examples * (examples + 1) / 2)
    var tile = [Double](repeating: 0, count: examples * Self.tile)
    for first in stride(from: 0, to: whole, by: Self.tile) {
      let columns = kept[first..<min(first + Self.tile, whole)]
      for example in 0..<examples {
        for (place, element) in columns.enumerated() {
          tile[example * Self.tile + place] = Double(gradients[example * start.count + element])
        }
      }
      add(tile, columns.count, to: &sums)
    }
    var matrix = SquareMatrix(zeros: examples)
    var place = 0
    for i in 0..<examples {
      for j in i..<examples {
        var sum = (sums[place][0] + sums[place][1]) + (sums[place][2] + sums[place][3])
        for element in kept[whole...] {
          sum += Double(gradients[i * start.count + element]) * Double(gradients[j * start.count + element])
        }
        matrix[i, j] = sum
        place += 1
      }
    }
    return matrix
  }

  /// Adds the products of every two rows of a tile, of which so many columns are filled.
  private func add(_ tile: [Double], _ columns: Int, to sums: inout [SIMD4<Double>]) {
    tile.withUnsafeBufferPointer { tile in
      sums.withUnsafeMutableBufferPointer { sums in
        var place = 0
        for i in 0..<examples {
          for j in i..<examples {
            var (sum, a, b) = (sums[place], i * Self.tile, j * Self.tile)
            for _ in 0..<(columns / 4) {
              let left = SIMD4(tile[a], tile[a + 1], tile[a + 2], tile[a + 3])
              let right = SIMD4(tile[b], tile[b + 1], tile[b + 2], tile[b + 3])
              sum += left * right
              (a, b) = (a + 4, b + 4)
            }
            sums[place] = sum
            place += 1
          }
        }
      }
    }
  }
}
