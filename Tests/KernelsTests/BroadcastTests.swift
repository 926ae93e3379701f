import CKernels
import Testing

@Suite("Broadcasting kernels") struct BroadcastTests {
  static let shapes = [
    (1, 1, 1), (3, 10, 1), (2, 16, 1), (4, 65, 1), (2, 3, 5), (2, 5, 16), (1, 2, 100), (3, 1, 17),
  ]

  @Test("along the middle axis", arguments: shapes) func middle(_ shape: (Int, Int, Int)) {
    let (outer, middle, inner) = shape
    let n = outer * middle * inner
    let small = samples(outer * inner, seed: 3)
    let expanded = onEveryVariant { output(n) { ck_expand_middle(outer, middle, inner, small, $0) } }
    #expect(expanded == (0..<n).map { small[$0 / inner / middle * inner + $0 % inner] })
  }
}
