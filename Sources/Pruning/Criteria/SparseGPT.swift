import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// Chooses the survivors of a layer column by column, and lets the columns not yet seen make up for what went.
  ///
  /// A layer W `[out, in]` meets inputs X `[in, samples]`, and ‖(W' − W) X‖² is kept small for each row. H = X Xᵀ plus `damping` times
  /// the mean of its diagonal, and H⁻¹ = UᵀU with U upper triangular. In each block of columns those w with the lowest w² / U_jj² go,
  /// w as the columns before have left it. Then, column by column, what went or was gone moves the columns behind it in its row:
  /// w_k ← w_k − w_j / U_jj · U_jk. Convolutions are matrices `[out, in / groups · height · width]`.
  ///
  /// E. Frantar, D. Alistarh, "SparseGPT: massive language models can be accurately pruned in one-shot", ICML 2023. H there is twice
  /// as large, which changes nothing. The paper prunes layers one after the other, each on what the pruned ones before it give; here
  /// all inputs are those of the network before the cut. Inputs that are always 0 are set to 0 there, whatever was asked for. Here
  /// their weights go first, and where that is more than was asked for, the others of them stay as they are. Each block gives in
  /// proportion to its survivors, so that the layer keeps exactly as many as it is asked to.
  ///
  /// Under N:M, as in the paper, a block has M columns, and in each row the N highest of it stay. `block` has no part in that. Columns of a
  /// convolution come in the order in which the M channels of a group stand together, at one place of the kernel after the other.
  /// - Parameters:
  ///   - block: how many columns choose together.
  ///   - damping: what is added to the diagonal, in units of its mean.
  public static func sparseGPT(block: Int = 128, damping: Double = 0.01) -> Criterion {
    Criterion(
      solver: "sparse-gpt", version: 1,
      fields: [("block", .integer(block)), ("damping", .number(damping))], needs: .evidence(.inputProducts),
      requires: { setup in
        for layer in setup.layers where layer.shape.rank > 1 {
          let columns = layer.shape.count / max(1, layer.shape[0])
          guard columns <= ColumnSolver.mostColumns else {
            throw setup.refuse(
              "\(layer.name) has rows of \(columns) weights, whose matrix is too large; it takes rows of up to "
                + "\(ColumnSolver.mostColumns), so let the allocation ignore the layer", for: "sparse-gpt")
          }
        }
      }
    ) { layer in
      var columns = try ColumnSolver(layer, damping: damping)
      return try columns.solve(blocks: block)
    }.solvingPatterns()
  }
}

extension Shipped<Criterion> {
  static let sparseGPT = Shipped(
    .sparseGPT(), "columns one after the other, later ones make up for what went",
    paper: "Frantar and Alistarh 2023"
  ) { fields in
    .sparseGPT(
      block: try fields.integer("block", in: 1...65_536, default: 128),
      damping: try fields.number("damping", in: 0...1_000, default: 0.01))
  }
}

/// A layer as a matrix whose columns are settled from the first to the last.
private struct ColumnSolver {
  /// The most columns a layer may have: their matrix takes 128 MB.
  static let mostColumns = 4096

  let layer: SolverContext
  let rows: Int
  let columns: Int
  /// The column of the layer in every place, where a pattern reorders them.
  let order: [Int]?
  /// `[rows, columns]`.
  var weights: [Double]
  var mask: Mask
  /// The upper triangular factor of H⁻¹ for the rows of each group.
  let factors: [SquareMatrix]
  /// Whether the inputs of a column were always 0, by group.
  let isDead: [[Bool]]

  init(_ layer: SolverContext, damping: Double) throws {
    self.layer = layer
    let products = try layer.evidence(.inputProducts)
    rows = layer.weight.shape.rank == 0 ? 1 : layer.weight.shape[0]
    columns = rows == 0 ? 0 : layer.weight.shape.count / rows
    guard products.shape.rank == 3, products.shape[1] == columns, products.shape[2] == columns,
      products.shape[0] > 0, rows % products.shape[0] == 0
    else {
      throw PruningError.evidenceShape(
        products.shape, of: layer.parameter, shape: layer.weight.shape, evidence: Evidence.inputProducts.name)
    }
    let order = layer.pattern.map { $0.columns(of: layer.weight.shape) }
    self.order = order
    weights = layer.weight.scalars.map { Double($0) }
    mask = layer.mask
    if let order {
      for row in 0..<rows {
        for (place, column) in order.enumerated() {
          weights[row * columns + place] = Double(layer.weight.scalars[row * columns + column])
          mask.bytes[row * columns + place] = layer.mask.bytes[row * columns + column]
        }
      }
    }
    var (factors, isDead): ([SquareMatrix], [[Bool]]) = ([], [])
    let size = columns * columns
    for group in 0..<products.shape[0] {
      let scalars = products.scalars[(group * size)..<((group + 1) * size)].map { Double($0) }
      var hessian = SquareMatrix(columns, scalars)
      if let order { hessian = hessian.among(order) }
      let dead = (0..<columns).map { hessian[$0, $0] <= 0 }
      let living = dead.count { !$0 }
      let sum = (0..<columns).reduce(0) { dead[$1] ? $0 : $0 + hessian[$1, $1] }
      let mean = living == 0 ? 1 : sum / Double(living)
      for i in 0..<columns {
        // Kernels may round the two halves differently.
        for j in i..<columns {
          let isApart = dead[i] || dead[j]
          let value = isApart ? (i == j ? mean : 0) : (hessian[i, j] + hessian[j, i]) / 2
          hessian[i, j] = value
          hessian[j, i] = value
        }
        hessian[i, i] += damping * mean
      }
      guard let factor = hessian.factorOfInverse else {
        throw PruningError.notPositiveDefinite(layer.parameter, criterion: layer.criterion)
      }
      factors.append(factor)
      isDead.append(dead)
    }
    (self.factors, self.isDead) = (factors, isDead)
  }

  private func group(of row: Int) -> Int { row / (rows / factors.count) }

  mutating func solve(blocks size: Int) throws -> (Mask, Tensor) {
    guard let pattern = layer.pattern else { return try solve(byBlocks: size) }
    var ties = layer.context.ties(for: layer.parameter)
    for start in stride(from: 0, to: columns, by: pattern.size) {
      let group = start..<(start + pattern.size)
      for row in 0..<rows {
        choose(pattern.kept, in: group, of: row, &ties)
        settle(group, of: row)
      }
    }
    return solution
  }

  private mutating func solve(byBlocks size: Int) throws -> (Mask, Tensor) {
    var (seen, left) = (0, 0)
    let before = layer.mask.keptCount
    for start in stride(from: 0, to: columns, by: size) {
      let block = start..<min(start + size, columns)
      let there = survivors(in: block)
      seen += there
      // So many of the survivors seen until now are to stay, rounded half up.
      let stay = before == 0 ? 0 : (2 * layer.survivors * seen + before) / (2 * before)
      try choose(block, removing: there - (stay - left))
      left = stay
      for row in 0..<rows { settle(block, of: row) }
    }
    return solution
  }

  /// The mask and the weights, every column where the layer has it.
  private var solution: (Mask, Tensor) {
    let scalars = zip(weights, mask.bytes).map { $1 == 0 ? 0 : Float($0) }
    guard let order else { return (mask, Tensor(layer.weight.shape, scalars)) }
    var (own, tensor) = (mask, Tensor(layer.weight.shape, scalars))
    for row in 0..<rows {
      for (place, column) in order.enumerated() {
        own.bytes[row * columns + column] = mask.bytes[row * columns + place]
        tensor.scalars[row * columns + column] = scalars[row * columns + place]
      }
    }
    return (own, tensor)
  }

  /// Of the survivors of a group in a row the highest stay. Equal ones are told apart by the seed.
  private mutating func choose(_ kept: Int, in group: Range<Int>, of row: Int, _ ties: inout RandomStream) {
    let (factor, dead) = (factors[self.group(of: row)], isDead[self.group(of: row)])
    var survivors: [(column: Int, score: Float, word: UInt32)] = []
    for column in group where mask.bytes[row * columns + column] != 0 {
      let ratio = weights[row * columns + column] / factor[column, column]
      ties.seek(to: row * columns + (order?[column] ?? column))
      survivors.append((column, dead[column] ? 0 : Float(ratio * ratio), ties.next()))
    }
    survivors.sort { a, b in
      if a.score != b.score { return a.score < b.score }
      return a.word == b.word ? a.column < b.column : a.word < b.word
    }
    for survivor in survivors.dropLast(kept) { mask.bytes[row * columns + survivor.column] = 0 }
  }

  private func survivors(in block: Range<Int>) -> Int {
    (0..<rows).reduce(0) { count, row in
      block.reduce(count) { $0 + Int(mask.bytes[row * columns + $1]) }
    }
  }

  /// The lowest survivors of a block go.
  private mutating func choose(_ block: Range<Int>, removing count: Int) throws {
    var scores = [Float](repeating: 0, count: weights.count)
    var bytes = [UInt8](repeating: 0, count: weights.count)
    for row in 0..<rows {
      let (factor, dead) = (factors[group(of: row)], isDead[group(of: row)])
      for column in block {
        let element = row * columns + column
        bytes[element] = mask.bytes[element]
        let ratio = weights[element] / factor[column, column]
        scores[element] = dead[column] ? 0 : Float(ratio * ratio)
      }
    }
    let candidates = Mask(mask.shape, bytes)
    let kept = try layer.lowest(count, of: candidates, byScore: Tensor(mask.shape, scores))
    for element in bytes.indices where bytes[element] != 0 { mask.bytes[element] = kept.bytes[element] }
  }

  /// Sets what is pruned in a block to 0, and moves what is behind it in the row.
  private mutating func settle(_ block: Range<Int>, of row: Int) {
    let factor = factors[group(of: row)]
    weights.withUnsafeMutableBufferPointer { weights in
      factor.scalars.withUnsafeBufferPointer { factor in
        guard let weights = weights.baseAddress, let factor = factor.baseAddress else { return }
        let w = weights + row * columns
        for column in block where mask.bytes[row * columns + column] == 0 {
          let u = factor + column * columns + column
          let error = w[column] / u[0]
          subtract(error, times: u, from: w + column, columns - column)
          w[column] = 0
        }
      }
    }
  }
}
