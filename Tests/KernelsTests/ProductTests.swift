import CKernels
import Testing

extension KernelTests {
  @Suite struct ProductTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var m: Int, n: Int, k: Int
      var transposesA = false, transposesB = false, hasBias = false, isRectified = false

      var testDescription: String {
        "\(m)×\(n)×\(k)\(transposesA ? " aᵀ" : "")\(transposesB ? " bᵀ" : "")\(hasBias ? " bias" : "")"
      }
      var aStrides: (Int, Int) { transposesA ? (1, m) : (k, 1) }
      var bStrides: (Int, Int) { transposesB ? (1, k) : (n, 1) }
    }

    /// Sizes around the edges of tiles (4, 6, 12 rows; 16, 32 columns; transposes of 8), of blocks (384 rows, depth 320)
    /// and of products that are taken as their transposes (128 rows, 1,024 columns).
    static let cases: [Case] = {
      let sizes = [
        (1, 1, 1), (1, 33, 40), (2, 16, 5), (5, 17, 3), (7, 31, 8), (12, 32, 16), (13, 33, 23), (25, 48, 9),
        (60, 10, 37), (4, 50, 321), (16, 33, 5), (33, 80, 1024),
        (60, 130, 330), (64, 150, 19), (385, 3, 5), (3, 20, 641), (3, 4, 0), (0, 3, 2),
        (100, 210, 323), (128, 1100, 7), (40, 2060, 3),
      ]
      return sizes.enumerated().flatMap { index, size in
        (0..<4).map { form in
          Case(
            m: size.0, n: size.1, k: size.2, transposesA: form & 1 != 0, transposesB: form & 2 != 0,
            hasBias: (index + form) % 2 == 0, isRectified: (index + form) % 3 == 0)
        }
      }
    }()

    static func product(_ c: Case, _ a: Floats, _ b: Floats, _ bias: Floats?) -> [Float] {
      let result = Floats(unwritten: c.m * c.n, offset: 3)
      let scratch = Floats(unwritten: ck_product_scratch(c.m, c.n, c.k), offset: 0)
      ck_product(
        c.m, c.n, c.k, a.pointer, c.aStrides.0, c.aStrides.1, b.pointer, c.bStrides.0, c.bStrides.1,
        result.pointer,
        c.n, bias?.pointer, Int32(c.isRectified ? CK_RELU : CK_IDENTITY), scratch.pointer)
      #expect(result.isIntact && scratch.isIntact)
      return result.values
    }

    /// The contract itself: one chain of fused multiply-adds in ascending order, then the bias, then the activation.
    static func chains(_ c: Case, _ a: [Float], _ b: [Float], _ bias: [Float]?) -> [Float] {
      (0..<c.m * c.n).map { index in
        let (i, j) = (index / c.n, index % c.n)
        var sum: Float = 0
        for p in 0..<c.k {
          sum = sum.addingProduct(
            a[i * c.aStrides.0 + p * c.aStrides.1], b[p * c.bStrides.0 + j * c.bStrides.1])
        }
        if let bias { sum += bias[j] }
        return c.isRectified ? relu(sum) : sum
      }
    }

    @Test(arguments: cases) func isOneChainInOrder(c: Case) {
      let a = numbers(c.m * c.k, seed: 1), b = numbers(c.k * c.n, seed: 2)
      let bias = c.hasBias ? numbers(c.n, seed: 3) : nil
      let expected = bits(Self.chains(c, a, b, bias))
      underEveryVariant { variant in
        let found = Self.product(c, Floats(a), Floats(b, offset: 2), bias.map { Floats($0) })
        #expect(bits(found) == expected, "\(variant)")
      }
    }

    @Test func agreesWithDoublePrecision() {
      let c = Case(m: 60, n: 45, k: 784, transposesB: true)
      let a = numbers(c.m * c.k, seed: 4), b = numbers(c.k * c.n, seed: 5)
      let reference = (0..<c.m * c.n).map { index in
        (0..<c.k).reduce(0.0) { $0 + Double(a[index / c.n * c.k + $1]) * Double(b[index % c.n * c.k + $1]) }
      }
      underEveryVariant { variant in
        #expect(distance(Self.product(c, Floats(a), Floats(b), nil), reference) < 1e-4, "\(variant)")
      }
    }

    @Test func splitsIntoAnyRangesOfRowsAndColumns() {
      let c = Case(m: 29, n: 70, k: 330, transposesB: true, hasBias: true, isRectified: true)
      let a = Floats(numbers(c.m * c.k, seed: 6)), b = Floats(numbers(c.k * c.n, seed: 7))
      let bias = Floats(numbers(c.n, seed: 8))
      underEveryVariant { variant in
        let whole = Self.product(c, a, b, bias)
        let parts = Floats(unwritten: c.m * c.n)
        let scratch = Floats(unwritten: ck_product_scratch(c.m, c.n, c.k), offset: 0)
        for rows in [0..<5, 5..<29] {
          for columns in [0..<1, 1..<40, 40..<70] {
            ck_product(
              rows.count, columns.count, c.k, a.pointer + rows.lowerBound * c.k, c.k, 1,
              b.pointer + columns.lowerBound * c.k, 1, c.k,
              parts.pointer + rows.lowerBound * c.n + columns.lowerBound, c.n,
              bias.pointer + columns.lowerBound, Int32(CK_RELU), scratch.pointer)
          }
        }
        #expect(bits(parts.values) == bits(whole), "\(variant)")
        #expect(parts.isIntact)
      }
    }

    @Test func readsAndWritesMatricesInsideLargerOnes() {
      // 6 × 9 times 9 × 21, in arrays whose rows are 11, 30 and 25 long and NaN outside of the matrices.
      let (m, n, k) = (6, 21, 9)
      let a = numbers(m * k, seed: 9), b = numbers(k * n, seed: 10)
      let expected = Self.chains(Case(m: m, n: n, k: k), a, b, nil)
      func inside(_ values: [Float], rows: Int, columns: Int, row: Int) -> [Float] {
        (0..<rows * row).map { $0 % row < columns ? values[$0 / row * columns + $0 % row] : .nan }
      }
      underEveryVariant { variant in
        let wideA = Floats(inside(a, rows: m, columns: k, row: 11))
        let wideB = Floats(inside(b, rows: k, columns: n, row: 30))
        let result = Floats([Float](repeating: 7, count: m * 25))
        let scratch = Floats(unwritten: ck_product_scratch(m, n, k), offset: 0)
        ck_product(
          m, n, k, wideA.pointer, 11, 1, wideB.pointer, 30, 1, result.pointer, 25, nil, Int32(CK_IDENTITY),
          scratch.pointer)
        let wanted = inside(expected, rows: m, columns: n, row: 25).map { $0.isNaN ? 7 : $0 }
        #expect(bits(result.values) == bits(wanted), "\(variant)")
      }
    }

    @Test func carriesNaNThroughTheActivationAndKeepsItInItsRow() {
      let c = Case(m: 14, n: 35, k: 20, isRectified: true)
      var a = numbers(c.m * c.k, seed: 11)
      a[3 * c.k + 4] = .nan
      a[9 * c.k] = .infinity
      let b = [Float](repeating: 0.5, count: c.k * c.n)
      underEveryVariant { variant in
        let found = Self.product(c, Floats(a), Floats(b), nil)
        #expect(found[3 * c.n..<4 * c.n].allSatisfy { $0.isNaN }, "\(variant)")
        #expect(found[9 * c.n..<10 * c.n].allSatisfy { $0 == .infinity }, "\(variant)")
        #expect(found[0..<3 * c.n].allSatisfy { $0.isFinite }, "\(variant)")
      }
    }
  }
}
