import CoppiceTensors
import Testing

/// What holds of every decomposition; NumPy's numbers stand in `FactorisedTests`.
@Suite struct SingularValuesTests {
  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> [Double] {
    var random = RandomStream(seed: seed, stream: .generation)
    return (0..<rows * columns).map { _ in Double(random.uniform(from: -1, to: 1)) }
  }

  /// a [m, k] · b [k, n].
  private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    (0..<m * n).map { place in
      (0..<k).reduce(0) { $0 + a[place / n * k + $1] * b[$1 * n + place % n] }
    }
  }

  @Test(arguments: [(1, 1), (5, 5), (3, 8), (8, 3), (17, 40), (40, 17)])
  func theProductIsTheMatrix(rows: Int, columns: Int) {
    let a = matrix(rows, columns)
    let found = SingularValues(a, rows: rows, columns: columns)
    let count = min(rows, columns)
    #expect(found.count == count && found.values == found.values.sorted(by: >))
    #expect(found.values.allSatisfy { $0 >= 0 })
    let scaled = found.left.enumerated().map { $1 * found.values[$0 % count] }
    for (x, y) in zip(product(scaled, found.right, rows, count, columns), a) { #expect(abs(x - y) < 1e-13) }
    // UᵀU and V Vᵀ are 1.
    for i in 0..<count {
      for j in 0..<count {
        let u = (0..<rows).reduce(0.0) { $0 + found.left[$1 * count + i] * found.left[$1 * count + j] }
        let v = (0..<columns).reduce(0.0) {
          $0 + found.right[i * columns + $1] * found.right[j * columns + $1]
        }
        #expect(abs(u - (i == j ? 1 : 0)) < 1e-13 && abs(v - (i == j ? 1 : 0)) < 1e-13)
      }
    }
  }

  /// Of a diagonal matrix they are the magnitudes of the diagonal, to the bit.
  @Test func aDiagonalIsItsOwn() {
    let found = SingularValues([0, 0, 0, 3, 0, -4], rows: 2, columns: 3)
    #expect(found.values == [5, 0])
    let diagonal = SingularValues([2, 0, 0, -7, 0, 0], rows: 3, columns: 2)
    #expect(SingularValues([2, 0, 0, -7], rows: 2, columns: 2).values == [7, 2])
    #expect(diagonal.values.count == 2)
  }

  /// Zeros, equal values, and numbers at both ends of the range come out as they are.
  @Test func hardMatricesAreDecomposed() {
    #expect(SingularValues([Double](repeating: 0, count: 12), rows: 3, columns: 4).values == [0, 0, 0])
    let ones = SingularValues([Double](repeating: 1, count: 12), rows: 3, columns: 4)
    #expect(abs(ones.values[0] - 12.0.squareRoot()) < 1e-14 && ones.values[1] < 1e-14)
    #expect(SingularValues([1, 0, 0, 1], rows: 2, columns: 2).values == [1, 1])
    let spread = SingularValues([1e100, 0, 0, 1e-100], rows: 2, columns: 2)
    #expect(spread.values == [1e100, 1e-100])
    #expect(SingularValues([.nan, 1, 1, 1], rows: 2, columns: 2).values.count == 2)
  }

  /// Factors of the full rank multiply to the matrix, and both have the roots of the values.
  @Test func factorsAreBalanced() {
    let (rows, columns) = (6, 4)
    let a = matrix(rows, columns, seed: 2)
    let found = SingularValues(a, rows: rows, columns: columns)
    let (left, right) = found.factors(rank: 9)
    for (x, y) in zip(product(left, right, rows, columns, columns), a) { #expect(abs(x - y) < 1e-13) }
    let (one, other) = found.factors(rank: 1)
    let norms = [one, other].map { $0.reduce(0) { $0 + $1 * $1 } }
    #expect(abs(norms[0] - found.values[0]) < 1e-13 && abs(norms[1] - found.values[0]) < 1e-13)
  }

  @Test func anEndThatIsAskedForEndsIt() {
    struct End: Error {}
    #expect(throws: End.self) {
      try SingularValues(matrix(4, 4), rows: 4, columns: 4) { throw End() }
    }
  }
}
