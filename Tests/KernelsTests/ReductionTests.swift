import CKernels
import Testing

/// The documented order of a contiguous sum, element by element: 64 lanes, then a tree.
struct Lanes {
  private var lanes = [Float](repeating: 0, count: 64)

  mutating func add(_ value: Float, at index: Int) { lanes[index % 64] += value }
  mutating func add(_ a: Float, times b: Float, at index: Int) {
    lanes[index % 64].addProduct(a, b)
  }

  var total: Float {
    var c = (0..<16).map { (i: Int) -> Float in
      let low = lanes[i] + lanes[i + 16]
      let high = lanes[i + 32] + lanes[i + 48]
      return low + high
    }
    for half in [8, 4, 2, 1] { c = (0..<half).map { c[$0] + c[$0 + half] } }
    return c[0]
  }
}

/// The documented order of a sum along another axis: 8 chains, then a tree.
struct Chains {
  private var chains = [Float](repeating: 0, count: 8)

  mutating func add(_ value: Float, at row: Int) { chains[row % 8] += value }

  var total: Float {
    var c = chains
    for half in [4, 2, 1] { c = (0..<half).map { c[$0] + c[$0 + half] } }
    return c[0]
  }
}

@Suite("Sums and maxima") struct ReductionTests {
  @Test("a vector's sums in the documented order", arguments: raggedSizes + [10_001])
  func vector(_ n: Int) {
    let x = samples(n, scale: 10)
    var sum = Lanes()
    var squares = Lanes()
    for i in 0..<n {
      sum.add(x[i], at: i)
      squares.add(x[i], times: x[i], at: i)
    }
    #expect(onEveryVariant { output(1) { ck_sum_middle(1, n, 1, 0, 1, x, $0) } } == [sum.total])
    #expect(onEveryVariant { output(1) { ck_sum_of_squares(n, x, $0) } } == [squares.total])
  }

  @Test("tiny numbers count as 0 in a sum of squares") func tiny() {
    let x = [Float](repeating: 1e-20, count: 100)
    #expect(output(1) { ck_sum_of_squares(100, x, $0) } == [0])
    #expect(output(1) { ck_sum_of_squares(1, [0x1p-60], $0) } == [0x1p-120])
  }

  static let shapes = [
    (1, 1, 1), (3, 70, 1), (2, 1000, 1), (1, 7, 3), (2, 8, 16), (1, 9, 17), (3, 30, 70), (5, 16, 2),
    (9, 3, 65),
    (17, 20, 1),
  ]

  @Test("along the middle axis", arguments: shapes) func middle(_ shape: (Int, Int, Int)) {
    let (outer, middle, inner) = shape
    let x = samples(outer * middle * inner, scale: 3)
    var expected = [Float]()
    for o in 0..<outer {
      for i in 0..<inner {
        var lanes = Lanes()
        var chains = Chains()
        for m in 0..<middle {
          let value = x[(o * middle + m) * inner + i]
          lanes.add(value, at: m)
          chains.add(value, at: m)
        }
        expected.append(inner == 1 ? lanes.total : chains.total)
      }
    }
    let count = outer * inner
    let whole = onEveryVariant { output(count) { ck_sum_middle(outer, middle, inner, 0, inner, x, $0) } }
    #expect(whole == expected)
    let parts = output(count) { y in
      for begin in stride(from: 0, to: inner, by: 5) {
        ck_sum_middle(outer, middle, inner, begin, min(begin + 5, inner), x, y)
      }
    }
    #expect(parts == expected)
  }

  @Test("over the axes around the middle one", arguments: shapes) func around(_ shape: (Int, Int, Int)) {
    let (outer, middle, inner) = shape
    let x = samples(outer * middle * inner, scale: 3)
    var sums = [Float]()
    for m in 0..<middle {
      var lanes = Lanes()
      var chains = Chains()
      for o in 0..<outer {
        for i in 0..<inner {
          let at = (o * middle + m) * inner + i
          lanes.add(x[at], at: i)
          chains.add(x[at], at: o)
        }
      }
      sums.append(inner == 1 ? chains.total : lanes.total)
    }
    let whole = onEveryVariant {
      output(middle) { ck_sum_outer_inner(outer, middle, inner, 0, middle, x, $0) }
    }
    #expect(whole == sums)
    let parts = output(middle) { y in
      for begin in stride(from: 0, to: middle, by: 5) {
        ck_sum_outer_inner(outer, middle, inner, begin, min(begin + 5, middle), x, y)
      }
    }
    #expect(parts == sums)
  }

  @Test(
    "the rectifier's gradient with its sums is the two one after the other",
    arguments: [(3, 70, 1), (4, 70, 5), (2, 66, 150)])
  func rectifiedSums(outer: Int, middle: Int, inner: Int) {
    let count = outer * middle * inner
    let (g, y) = (samples(count, scale: 3), samples(count, seed: 8))
    let gradient = output(count) { ck_relu_gradient(count, g, y, $0) }
    let sums = output(middle) { ck_sum_outer_inner(outer, middle, inner, 0, middle, gradient, $0) }
    let whole = onEveryVariant {
      output(count + middle) {
        ck_relu_gradient_sums(outer, middle, inner, 0, middle, g, y, $0, $0 + count)
      }
    }
    #expect(whole == gradient + sums)
    let parts = output(count + middle) { z in
      for begin in stride(from: 0, to: middle, by: 5) {
        ck_relu_gradient_sums(outer, middle, inner, begin, min(begin + 5, middle), g, y, z, z + count)
      }
    }
    #expect(parts == gradient + sums)
  }

  @Test("the first largest, the first NaN") func largest() {
    let rows: [[Float]] = [
      [1, 3, 2, 3], [-1, -3, -1, -2], [0, .nan, 5, .nan], [.nan, 1, 2, 3],
      [-.infinity, -.infinity, -.infinity, 0],
      [-.infinity, -.infinity, -.infinity, -.infinity], [0, -0.0, 0, -1], [.infinity, 1, .nan, .infinity],
    ]
    var found = [Int32](repeating: -1, count: rows.count)
    ck_argmax_rows(rows.count, 4, rows.flatMap { $0 }, &found)
    #expect(found == [1, 0, 1, 0, 3, 0, 0, 2])
  }
}
