import CoppicePruning
import Testing

@Suite struct SquareMatrixTests {
  /// A positive definite matrix: sums of products of more rows than there are columns.
  private func definite(_ size: Int, seed: UInt64) -> SquareMatrix {
    var generator = Generator(state: seed)
    let rows = (0..<(size + 3)).map { _ in (0..<size).map { _ in Double(generator.float()) } }
    var matrix = SquareMatrix(zeros: size)
    for i in 0..<size { for j in 0..<size { matrix[i, j] = rows.reduce(0) { $0 + $1[i] * $1[j] } } }
    return matrix
  }

  private func product(_ a: SquareMatrix, _ b: SquareMatrix) -> SquareMatrix {
    var c = SquareMatrix(zeros: a.size)
    for i in 0..<a.size { for j in 0..<a.size { for k in 0..<a.size { c[i, j] += a[i, k] * b[k, j] } } }
    return c
  }

  private func expect(_ a: SquareMatrix, is b: SquareMatrix) {
    #expect(a.size == b.size)
    #expect(zip(a.scalars, b.scalars).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  private func identity(_ size: Int) -> SquareMatrix {
    var one = SquareMatrix(zeros: size)
    for i in 0..<size { one[i, i] = 1 }
    return one
  }

  private func isUpper(_ matrix: SquareMatrix) -> Bool {
    (0..<matrix.size).allSatisfy { row in
      (0..<row).allSatisfy { matrix[row, $0] == 0 } && matrix[row, row] > 0
    }
  }

  @Test(arguments: [1, 2, 3, 7, 24]) func factorsGiveTheMatrixBack(size: Int) throws {
    let matrix = definite(size, seed: UInt64(size))
    let factor = try #require(matrix.factor)
    #expect(isUpper(factor))
    expect(product(factor.transposed, factor), is: matrix)
    expect(product(factor, factor.triangularInverse), is: identity(size))
    let inverse = try #require(matrix.inverse)
    expect(product(matrix, inverse), is: identity(size))
    let root = try #require(matrix.factorOfInverse)
    #expect(isUpper(root))
    expect(product(root.transposed, root), is: inverse)
    let b = (0..<size).map { Double($0) - 1 }
    let x = factor.solving(b)
    for i in 0..<size { #expect(abs((0..<size).reduce(0) { $0 + matrix[i, $1] * x[$1] } - b[i]) < 1e-9) }
  }

  @Test func theUpperTriangleAloneIsRead() throws {
    var matrix = definite(5, seed: 1)
    let factor = try #require(matrix.factor)
    for i in 0..<5 { for j in 0..<i { matrix[i, j] = .nan } }
    #expect(matrix.factor == factor)
  }

  @Test func whatIsNotPositiveDefiniteHasNoFactor() {
    #expect(SquareMatrix(2, [1, 2, 2, 1]).factor == nil)
    #expect(SquareMatrix(2, [0, 0, 0, 1]).factor == nil)
    #expect(SquareMatrix(1, [.nan]).factor == nil)
    #expect(SquareMatrix(1, [.infinity]).inverse == nil)
    #expect(SquareMatrix(2, [1, 1, 1, 1]).factorOfInverse == nil)
    #expect(SquareMatrix(zeros: 0).inverse == SquareMatrix(zeros: 0))
  }

  /// Small numbers, so that every step is exact: [4 2; 2 5] is [2 0; 1 2] · [2 1; 0 2].
  @Test func aSmallOneByHand() {
    #expect(SquareMatrix(2, [4, 2, 2, 5]).factor == SquareMatrix(2, [2, 1, 0, 2]))
    #expect(SquareMatrix(2, [2, 1, 0, 2]).triangularInverse == SquareMatrix(2, [0.5, -0.25, 0, 0.5]))
    #expect(SquareMatrix(2, [4, 2, 2, 5]).inverse == SquareMatrix(2, [0.3125, -0.125, -0.125, 0.25]))
  }
}
