/// A square matrix in Double precision, row-major: the linear algebra of criteria of second order.
///
/// Made of + − × ÷ and square roots alone, each sum in ascending order of its index, by one thread: the bits are the same
/// everywhere. An upper triangular factor has zeros below its diagonal.
package struct SquareMatrix: Hashable, Sendable {
  /// The number of rows.
  package let size: Int
  /// The elements, row by row.
  package var scalars: [Double]

  /// A matrix of these elements.
  package init(_ size: Int, _ scalars: [Double]) {
    precondition(scalars.count == size * size)
    (self.size, self.scalars) = (size, scalars)
  }

  /// A matrix of zeros.
  package init(zeros size: Int) { self.init(size, [Double](repeating: 0, count: size * size)) }

  /// An element.
  package subscript(row: Int, column: Int) -> Double {
    get { scalars[row * size + column] }
    set { scalars[row * size + column] = newValue }
  }

  /// The rows and the columns in the opposite order.
  package var reversed: SquareMatrix { SquareMatrix(size, scalars.reversed()) }

  /// The rows as columns.
  package var transposed: SquareMatrix {
    var result = self
    for row in 0..<size { for column in 0..<size { result[column, row] = self[row, column] } }
    return result
  }

  /// The upper triangular U with UᵀU = this symmetric matrix, of which the upper triangle alone is read (Cholesky); `nil` where it
  /// is not positive definite.
  package var factor: SquareMatrix? {
    var factor = SquareMatrix(zeros: size)
    let isPositive = factor.scalars.withUnsafeMutableBufferPointer { u in
      scalars.withUnsafeBufferPointer { a in
        guard let u = u.baseAddress, let a = a.baseAddress else { return true }
        for i in 0..<size {
          let (row, length) = (u + i * size + i, size - i)
          row.update(from: a + i * size + i, count: length)
          for k in 0..<i { subtract(u[k * size + i], times: u + k * size + i, from: row, length) }
          // Also false for NaN.
          guard row[0] > 0, row[0] < .infinity else { return false }
          let root = row[0].squareRoot()
          row[0] = root
          for j in 1..<max(1, length) { row[j] /= root }
        }
        return true
      }
    }
    return isPositive ? factor : nil
  }

  /// The inverse of this upper triangular matrix, upper triangular itself.
  package var triangularInverse: SquareMatrix {
    var inverse = SquareMatrix(zeros: size)
    inverse.scalars.withUnsafeMutableBufferPointer { t in
      scalars.withUnsafeBufferPointer { u in
        guard let t = t.baseAddress, let u = u.baseAddress else { return }
        for i in stride(from: size - 1, through: 0, by: -1) {
          let row = t + i * size
          for k in (i + 1)..<max(i + 1, size) {
            subtract(u[i * size + k], times: t + k * size + k, from: row + k, size - k)
          }
          row[i] = 1
          let diagonal = u[i * size + i]
          for j in i..<size { row[j] /= diagonal }
        }
      }
    }
    return inverse
  }

  /// The upper triangular U with UᵀU = the inverse of this symmetric matrix; `nil` where it is not positive definite.
  ///
  /// With rows and columns reversed the matrix is VᵀV; so it is R Rᵀ with an upper triangular R, and U = R⁻¹.
  package var factorOfInverse: SquareMatrix? { reversed.factor?.triangularInverse.transposed.reversed }

  /// The inverse of this symmetric matrix; `nil` where it is not positive definite.
  package var inverse: SquareMatrix? {
    guard let root = factor?.triangularInverse else { return nil }
    var inverse = SquareMatrix(zeros: size)
    for i in 0..<size {
      for j in i..<size {
        var sum = 0.0
        for k in j..<size { sum += root[i, k] * root[j, k] }
        inverse[i, j] = sum
        inverse[j, i] = sum
      }
    }
    return inverse
  }

  /// The x with UᵀU x = b for this upper triangular U.
  package func solving(_ b: [Double]) -> [Double] {
    var x = b
    for i in 0..<size {
      x[i] /= self[i, i]
      for j in (i + 1)..<max(i + 1, size) { x[j] -= self[i, j] * x[i] }
    }
    for i in stride(from: size - 1, through: 0, by: -1) {
      for j in (i + 1)..<max(i + 1, size) { x[i] -= self[i, j] * x[j] }
      x[i] /= self[i, i]
    }
    return x
  }
}

/// y ← y − factor · x.
@inline(__always)
func subtract(
  _ factor: Double, times x: UnsafePointer<Double>, from y: UnsafeMutablePointer<Double>, _ count: Int
) {
  guard factor != 0 else { return }
  for index in 0..<count { y[index] -= factor * x[index] }
}
