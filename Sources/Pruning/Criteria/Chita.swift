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
  /// larger. τ is found by halving where the paper finds breakpoints. Its local search, its path of several stages and its structured
  /// form are not built. All layers are one problem in the paper; here each layer is one by itself, the others at w₀.
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
    let columns = (0..<examples).flatMap { example in
      kept.map { Double(gradients[example * start.count + $0]) }
    }
    var matrix = SquareMatrix(zeros: examples)
    columns.withUnsafeBufferPointer { columns in
      for i in 0..<examples {
        for j in i..<examples {
          matrix[i, j] = product(columns, i * kept.count, j * kept.count, kept.count)
        }
        matrix[i, i] += Double(examples) * damping
      }
    }
    guard let factor = matrix.factor else {
      throw PruningError.notPositiveDefinite(layer.parameter, criterion: layer.criterion)
    }
    let solved = factor.solving(residual(masked))
    var weights = masked
    for (place, element) in kept.enumerated() {
      var move = 0.0
      for example in 0..<examples { move += columns[example * kept.count + place] * solved[example] }
      weights[element] -= move
    }
    return weights
  }

  /// Σ a b of two rows, in four sums of every fourth product, then their sum.
  private func product(_ values: UnsafeBufferPointer<Double>, _ a: Int, _ b: Int, _ count: Int) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      let left = SIMD4(values[a + index], values[a + index + 1], values[a + index + 2], values[a + index + 3])
      let right = SIMD4(
        values[b + index], values[b + index + 1], values[b + index + 2], values[b + index + 3])
      sums += left * right
      index += 4
    }
    var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
    while index < count {
      sum += values[a + index] * values[b + index]
      index += 1
    }
    return sum
  }
}
