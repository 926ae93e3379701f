import CKernels
import Testing

@Suite("Broadcasting kernels") struct BroadcastTests {
  static let shapes = [
    (1, 1, 1), (3, 10, 1), (2, 16, 1), (4, 65, 1), (2, 3, 5), (2, 5, 16), (1, 2, 100), (3, 1, 17),
  ]

  @Test("along the middle axis", arguments: shapes) func middle(_ shape: (Int, Int, Int)) {
    let (outer, middle, inner) = shape
    let n = outer * middle * inner
    let x = samples(n)
    let b = samples(middle, seed: 2)
    let small = samples(outer * inner, seed: 3)
    func at(_ i: Int) -> Float { b[i / inner % middle] }
    let sums = onEveryVariant { output(n) { ck_add_middle(outer, middle, inner, x, b, 0, $0) } }
    #expect(sums == x.indices.map { x[$0] + at($0) })
    let active = onEveryVariant { output(n) { ck_add_middle(outer, middle, inner, x, b, 1, $0) } }
    #expect(active == x.indices.map { max(x[$0] + at($0), 0) })
    let products = onEveryVariant { output(n) { ck_multiply_middle(outer, middle, inner, x, b, $0) } }
    #expect(products == x.indices.map { x[$0] * at($0) })
    let expanded = onEveryVariant { output(n) { ck_expand_middle(outer, middle, inner, small, $0) } }
    #expect(expanded == x.indices.map { small[$0 / inner / middle * inner + $0 % inner] })
    #expect(onEveryVariant { output(n) { ck_expand_scalar(n, b, $0) } } == x.map { _ in b[0] })
  }

  @Test("ReLU after a bias propagates NaN") func propagation() {
    #expect(sameBits(output(2) { ck_add_middle(1, 2, 1, [.nan, -1], [0, 0], 1, $0) }, [.nan, 0]))
  }
}
