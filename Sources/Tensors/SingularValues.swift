/// The singular value decomposition A = U Σ Vᵀ of a matrix in Double precision, by one-sided Jacobi rotations: pairs of rows are turned
/// until all are orthogonal to each other. Then their lengths are the singular values.
///
/// Made of + − × ÷ and square roots alone, each sum over eight lanes and then from the first lane to the last, by one thread: the
/// bits are the same everywhere.
///
/// M. Hestenes, "Inversion of matrices by biorthogonalization and related results", 1958. Angles as in J. Demmel, K. Veselić, "Jacobi's
/// method is more accurate than QR", 1992.
package struct SingularValues: Hashable, Sendable {
  /// The extents of A.
  package let rows: Int
  package let columns: Int
  /// The singular values, the greatest first: as many as the shorter side.
  package let values: [Double]
  /// U `[rows, count]`, row-major.
  package let left: [Double]
  /// Vᵀ `[count, columns]`, row-major.
  package let right: [Double]

  /// How many there are.
  package var count: Int { values.count }

  /// After so many passes over all pairs the rotations are at rest; ten are the rule.
  private static let mostSweeps = 60

  /// Decomposes a matrix `[rows, columns]`, row-major.
  ///
  /// - Parameter check: asked after every pass over all pairs; what it throws ends the work.
  package init(
    _ scalars: [Double], rows: Int, columns: Int, check: () throws -> Void
  ) rethrows {
    precondition(scalars.count == rows * columns, "a matrix has as many elements as its extents say")
    let isTall = rows > columns
    let (count, length) = isTall ? (columns, rows) : (rows, columns)
    var vectors = Vectors(
      count: count, length: length,
      isTall ? Self.transposed(scalars, rows: rows, columns: columns) : scalars)
    var turns = Vectors(identity: count)
    for _ in 0..<Self.mostSweeps {
      try check()
      if !Self.sweep(&vectors, &turns) { break }
    }
    let lengths = (0..<count).map { vectors.product($0, $0).squareRoot() }
    // Equal ones stay in their order.
    let order = lengths.indices.sorted {
      lengths[$0] > lengths[$1] || (lengths[$0] == lengths[$1] && $0 < $1)
    }
    let long = order.flatMap { index -> [Double] in
      let own = vectors[index]
      return lengths[index] > 0 ? own.map { $0 / lengths[index] } : own
    }
    let short = Self.transposed(order.flatMap { turns[$0] }, rows: count, columns: count)
    (self.rows, self.columns, values) = (rows, columns, order.map { lengths[$0] })
    left = isTall ? Self.transposed(long, rows: count, columns: length) : short
    right = isTall ? Self.transposed(short, rows: count, columns: count) : long
  }

  /// Decomposes a matrix `[rows, columns]`, row-major.
  package init(_ scalars: [Double], rows: Int, columns: Int) {
    self.init(scalars, rows: rows, columns: columns, check: {})
  }

  /// The nearest matrix of so low a rank (Eckart and Young 1936) as a product of two: `[rows, rank]` and `[rank, columns]`, each with
  /// the roots of the singular values, so that both train at the same pace.
  package func factors(rank: Int) -> (left: [Double], right: [Double]) {
    let rank = min(rank, count)
    let roots = values.prefix(rank).map { $0.squareRoot() }
    var (u, v) = ([Double](), [Double]())
    for row in 0..<rows { for k in 0..<rank { u.append(left[row * count + k] * roots[k]) } }
    for k in 0..<rank { for column in 0..<columns { v.append(right[k * columns + column] * roots[k]) } }
    return (u, v)
  }

  /// Turns every pair of rows once, and says whether any of them was not orthogonal yet.
  private static func sweep(_ vectors: inout Vectors, _ turns: inout Vectors) -> Bool {
    var isMoved = false
    for p in 0..<vectors.count {
      for q in (p + 1)..<max(p + 1, vectors.count) {
        let (a, b, c) = (vectors.product(p, p), vectors.product(q, q), vectors.product(p, q))
        // Also false for NaN, which no rotation mends.
        guard c * c > 1e-30 * a * b else { continue }
        isMoved = true
        let zeta = (b - a) / (2 * c)
        let tangent = (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        vectors.turn(p, q, cosine, cosine * tangent)
        turns.turn(p, q, cosine, cosine * tangent)
      }
    }
    return isMoved
  }

  private static func transposed(_ scalars: [Double], rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: scalars.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = scalars[row * columns + column] }
    }
    return result
  }
}

/// Vectors of one length, each padded with zeros to whole lanes of eight.
private struct Vectors {
  let count: Int
  private let length: Int
  private let lanes: Int
  private var scalars: [SIMD8<Double>]

  init(count: Int, length: Int, _ elements: [Double]) {
    (self.count, self.length, lanes) = (count, length, (length + 7) / 8)
    scalars = [SIMD8<Double>](repeating: .zero, count: count * lanes)
    for row in 0..<count {
      for place in 0..<length {
        scalars[row * lanes + place / 8][place % 8] = elements[row * length + place]
      }
    }
  }

  init(identity count: Int) {
    self.init(
      count: count, length: count,
      (0..<count * count).map { $0 / max(1, count) == $0 % max(1, count) ? 1 : 0 })
  }

  /// The elements of one.
  subscript(index: Int) -> [Double] { (0..<length).map { scalars[index * lanes + $0 / 8][$0 % 8] } }

  /// The inner product of two.
  func product(_ p: Int, _ q: Int) -> Double {
    scalars.withUnsafeBufferPointer { scalars in
      var sums = SIMD8<Double>.zero
      for lane in 0..<lanes { sums += scalars[p * lanes + lane] * scalars[q * lanes + lane] }
      var sum = 0.0
      for index in 0..<8 { sum += sums[index] }
      return sum
    }
  }

  /// p ← cosine · p − sine · q, q ← sine · p + cosine · q.
  mutating func turn(_ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
    let lanes = lanes
    scalars.withUnsafeMutableBufferPointer { scalars in
      for lane in 0..<lanes {
        let (a, b) = (scalars[p * lanes + lane], scalars[q * lanes + lane])
        scalars[p * lanes + lane] = a * cosine - b * sine
        scalars[q * lanes + lane] = a * sine + b * cosine
      }
    }
  }
}
