import CKernels
import Testing

/// The documented order of a softmax row's sum, element by element: 64 lanes, then a tree.
struct Lanes {
  private var lanes = [Float](repeating: 0, count: 64)

  mutating func add(_ value: Float, at index: Int) { lanes[index % 64] += value }

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

/// Lanes of Double, added by halves.
struct WideLanes {
  var lanes: [Double]

  init(_ count: Int) { lanes = [Double](repeating: 0, count: count) }

  var total: Double {
    var c = lanes
    while c.count > 1 { c = (0..<c.count / 2).map { c[$0] + c[$0 + c.count / 2] } }
    return c[0]
  }
}

/// The documented order of a contiguous sum: four terms in Float, 16 elements apart in a block of 64, then 16 lanes of Double.
struct Blocks {
  private var wide = WideLanes(16)

  mutating func add(_ run: [Float]) {
    add(run) { ($0[0] + $0[1]) + ($0[2] + $0[3]) }
  }
  mutating func addSquares(_ run: [Float]) {
    add(run) { (($0[0] * $0[0]).addingProduct($0[1], $0[1])) + (($0[2] * $0[2]).addingProduct($0[3], $0[3])) }
  }
  private mutating func add(_ run: [Float], _ four: ([Float]) -> Float) {
    for start in stride(from: 0, to: run.count, by: 64) {
      for lane in 0..<16 {
        let terms = (0..<4).map { start + 16 * $0 + lane }.map { $0 < run.count ? run[$0] : 0 }
        wide.lanes[lane] += Double(four(terms))
      }
    }
  }

  var total: Float { Float(wide.total) }
}

/// The documented order of a sum along another axis: four rows in Float, then one chain of Double.
func columnSum(_ column: [Float]) -> Float {
  var sum = 0.0
  for start in stride(from: 0, to: column.count, by: 4) {
    let terms = (start..<start + 4).map { $0 < column.count ? column[$0] : 0 }
    sum += Double((terms[0] + terms[1]) + (terms[2] + terms[3]))
  }
  return Float(sum)
}

@Suite("Sums and maxima") struct ReductionTests {
  @Test("a vector's sums in the documented order", arguments: raggedSizes + [10_001])
  func vector(_ n: Int) {
    let x = samples(n, scale: 10)
    var (sum, squares) = (Blocks(), Blocks())
    sum.add(x)
    squares.addSquares(x)
    #expect(onEveryVariant { output(1) { ck_sum_middle(1, n, 1, 0, 1, x, $0) } } == [sum.total])
    #expect(onEveryVariant { output(1) { ck_sum_of_squares(n, x, $0) } } == [squares.total])
  }

  /// Many equal elements: in Float alone these are off by 4e-6 to 1e-4.
  @Test("equal elements do not add up their rounding errors") func equal() {
    let n = 50_176
    let x = [Float](repeating: 0.1 / 784, count: n)
    let exact = Double(x[0])
    func isClose(_ sums: [Float], _ expected: Double) {
      #expect(sums.allSatisfy { abs(Double($0) / expected - 1) < 1e-7 })
    }
    isClose(onEveryVariant { output(1) { ck_sum_middle(1, n, 1, 0, 1, x, $0) } }, exact * Double(n))
    isClose(onEveryVariant { output(1) { ck_sum_of_squares(n, x, $0) } }, exact * exact * Double(n))
    isClose(onEveryVariant { output(4) { ck_sum_middle(1, n / 4, 4, 0, 4, x, $0) } }, exact * Double(n / 4))
    isClose(onEveryVariant { output(1) { ck_sum_outer_inner(64, 1, 784, 0, 1, x, $0) } }, exact * Double(n))
    isClose(
      onEveryVariant { output(4) { ck_sum_outer_inner(n / 4, 4, 1, 0, 4, x, $0) } }, exact * Double(n / 4))
    let ones = [Float](repeating: 1, count: n)
    let rectified = onEveryVariant {
      output(n + 1) { ck_relu_gradient_sums(64, 1, 784, 0, 1, x, ones, $0, $0 + n) }
    }
    isClose([rectified[n]], exact * Double(n))
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
        let values = (0..<middle).map { x[(o * middle + $0) * inner + i] }
        var blocks = Blocks()
        blocks.add(values)
        expected.append(inner == 1 ? blocks.total : columnSum(values))
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
      let runs = (0..<outer).map { o in (0..<inner).map { x[(o * middle + m) * inner + $0] } }
      var blocks = Blocks()
      for run in runs { blocks.add(run) }
      sums.append(inner == 1 ? columnSum(runs.map { $0[0] }) : blocks.total)
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
