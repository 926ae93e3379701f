import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension KernelTests {
  @Suite struct AttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var batch = 2, heads = 2
      var queries: Int, keys: Int, dim: Int, isCausal: Bool
      var isInterleaved = false

      var testDescription: String {
        "\(queries) queries, \(keys) keys of \(dim)\(isCausal ? ", causal" : "")\(isInterleaved ? ", interleaved" : "")"
      }
      func strides(_ time: Int) -> ck_attention_strides {
        isInterleaved
          ? ck_attention_strides(batch: time * heads * dim, head: dim, row: heads * dim)
          : ck_attention_strides(batch: time * heads * dim, head: time * dim, row: dim)
      }
      var shape: ck_attention_shape {
        ck_attention_shape(
          batch: batch, heads: heads, queries: queries, keys: keys, head_dim: dim, causal: isCausal,
          scale: 1 / Float(dim).squareRoot(), q: strides(queries), k: strides(keys), v: strides(keys),
          o: strides(queries))
      }
      var pairs: Int { batch * heads }
      func index(_ pair: Int, _ row: Int, _ column: Int, of time: Int) -> Int {
        let s = strides(time)
        return pair / heads * s.batch + pair % heads * s.head + row * s.row + column
      }
      func visible(_ query: Int) -> Int { isCausal ? min(query + 1, keys) : keys }
    }

    static let cases = [
      Case(queries: 1, keys: 1, dim: 1, isCausal: true),
      Case(queries: 5, keys: 5, dim: 3, isCausal: true, isInterleaved: true),
      Case(queries: 20, keys: 33, dim: 8, isCausal: false, isInterleaved: true),
      Case(queries: 50, keys: 50, dim: 16, isCausal: true),
      Case(queries: 100, keys: 70, dim: 5, isCausal: true),
      Case(queries: 30, keys: 70, dim: 5, isCausal: true),
      Case(batch: 1, queries: 99, keys: 130, dim: 12, isCausal: false),
    ]

    struct Results {
      var o: [Float], gq: [Float], gk: [Float], gv: [Float]
      var all: [Float] { o + gq + gk + gv }
    }

    struct Operands {
      var q: [Float], k: [Float], v: [Float], go: [Float]

      init(_ c: Case) {
        let rows = c.pairs * c.queries * c.dim, columns = c.pairs * c.keys * c.dim
        (q, k) = (numbers(rows, seed: 41).map { 3 * $0 }, numbers(columns, seed: 42).map { 3 * $0 })
        (v, go) = (numbers(columns, seed: 43), numbers(rows, seed: 44))
      }
    }

    static func run(_ c: Case, _ x: Operands, _ ranges: [Range<Int>]) -> Results {
      let q = Floats(x.q), k = Floats(x.k), v = Floats(x.v), go = Floats(x.go),
        o = Floats(unwritten: x.q.count)
      let gq = Floats(unwritten: x.q.count), gk = Floats(unwritten: x.k.count),
        gv = Floats(unwritten: x.k.count)
      let statistics = Floats(unwritten: 2 * c.pairs * c.queries)
      withUnsafePointer(to: c.shape) { s in
        let scratch = Floats(unwritten: ck_attention_scratch(s), offset: 0)
        for r in ranges {
          ck_attention_forward(
            s, r.lowerBound, r.upperBound, q.pointer, k.pointer, v.pointer, o.pointer, statistics.pointer,
            scratch.pointer)
        }
        for r in ranges {
          ck_attention_backward(
            s, r.lowerBound, r.upperBound, q.pointer, k.pointer, v.pointer, go.pointer, statistics.pointer,
            gq.pointer,
            gk.pointer, gv.pointer, scratch.pointer)
        }
        for array in [o, gq, gk, gv, statistics, scratch] { #expect(array.isIntact) }
      }
      return Results(o: o.values, gq: gq.values, gk: gk.values, gv: gv.values)
    }

    /// The definition, in Double.
    static func reference(_ c: Case, _ x: Operands) -> [Double] {
      var o = [Double](repeating: 0, count: x.q.count), gq = o
      var gk = [Double](repeating: 0, count: x.k.count), gv = gk
      let scale = Double(c.shape.scale)
      for pair in 0..<c.pairs {
        for i in 0..<c.queries {
          let keys = 0..<c.visible(i)
          func dot(_ a: [Float], _ b: [Float], _ j: Int) -> Double {
            (0..<c.dim).reduce(0) {
              $0 + Double(a[c.index(pair, i, $1, of: c.queries)])
                * Double(b[c.index(pair, j, $1, of: c.keys)])
            }
          }
          let scores = keys.map { scale * dot(x.q, x.k, $0) }
          let top = scores.reduce(-Double.infinity) { $0 >= $1 ? $0 : $1 }
          let weights = scores.map { exp($0 - top) }, sum = weights.reduce(0, +)
          let p = weights.map { $0 / sum }, gp = keys.map { dot(x.go, x.v, $0) }
          let mean = zip(p, gp).reduce(0) { $0 + $1.0 * $1.1 }
          for j in keys {
            let gs = scale * p[j] * (gp[j] - mean)
            for d in 0..<c.dim {
              let row = c.index(pair, i, d, of: c.queries), column = c.index(pair, j, d, of: c.keys)
              o[row] += p[j] * Double(x.v[column])
              gv[column] += p[j] * Double(x.go[row])
              gq[row] += gs * Double(x.k[column])
              gk[column] += gs * Double(x.q[row])
            }
          }
        }
      }
      return o + gq + gk + gv
    }

    @Test(arguments: cases) func followsTheDefinitionAndGivesTheSameBitsEverywhere(c: Case) {
      let x = Operands(c), reference = Self.reference(c, x)
      var first: [UInt32]?
      underEveryVariant { variant in
        let found = Self.run(c, x, [0..<c.pairs]).all
        #expect(distance(found, reference) < 2e-5, "\(variant)")
        #expect(bits(found) == first ?? bits(found), "\(variant)")
        first = first ?? bits(found)
        #expect(bits(Self.run(c, x, [0..<1, 1..<c.pairs]).all) == first, "\(variant) in two parts")
      }
    }

    @Test func isItsDefinitionToTheBit() {
      let c = Case(batch: 1, heads: 1, queries: 130, keys: 75, dim: 10, isCausal: false)
      let x = Operands(c)
      underEveryVariant { variant in
        let scores = Floats(unwritten: c.queries * c.keys), o = Floats(unwritten: x.q.count)
        let q = Floats(x.q), k = Floats(x.k), v = Floats(x.v)
        let scratch = Floats(unwritten: ck_product_scratch(c.queries, c.keys, c.keys), offset: 0)
        ck_product(
          c.queries, c.keys, c.dim, q.pointer, c.dim, 1, k.pointer, 1, c.dim, scores.pointer, c.keys, nil,
          Int32(CK_IDENTITY), scratch.pointer)
        ck_scale(scores.count, c.shape.scale, scores.pointer, scores.pointer)
        ck_softmax(c.queries, c.keys, scores.pointer, scores.pointer)
        ck_product(
          c.queries, c.dim, c.keys, scores.pointer, c.keys, 1, v.pointer, c.dim, 1, o.pointer, c.dim, nil,
          Int32(CK_IDENTITY), scratch.pointer)
        #expect(bits(Self.run(c, x, [0..<1]).o) == bits(o.values), "\(variant)")
      }
    }

    @Test func doesNotCareHowTheArraysAreLaidOut() {
      let contiguous = Case(queries: 13, keys: 13, dim: 6, isCausal: true)
      var interleaved = contiguous
      interleaved.isInterleaved = true
      func moved(_ values: [Float], _ from: Case, _ to: Case) -> [Float] {
        var result = values
        for pair in 0..<from.pairs {
          for row in 0..<13 {
            for d in 0..<6 {
              result[to.index(pair, row, d, of: 13)] = values[from.index(pair, row, d, of: 13)]
            }
          }
        }
        return result
      }
      let x = Operands(contiguous)
      var y = x
      y.q = moved(x.q, contiguous, interleaved)
      y.k = moved(x.k, contiguous, interleaved)
      y.v = moved(x.v, contiguous, interleaved)
      y.go = moved(x.go, contiguous, interleaved)
      let a = Self.run(contiguous, x, [0..<4]), b = Self.run(interleaved, y, [0..<4])
      for (one, other) in [(a.o, b.o), (a.gq, b.gq), (a.gk, b.gk), (a.gv, b.gv)] {
        #expect(bits(moved(one, contiguous, interleaved)) == bits(other))
      }
    }

    @Test func neverLooksAhead() {
      let c = Case(batch: 1, heads: 1, queries: 60, keys: 60, dim: 4, isCausal: true)
      let before = Operands(c)
      var after = before
      for index in 30 * c.dim..<60 * c.dim {
        after.k[index] = 9 - after.k[index]
        after.v[index] = -after.v[index]
      }
      let a = Self.run(c, before, [0..<1]).o, b = Self.run(c, after, [0..<1]).o
      #expect(bits(Array(a[..<(30 * c.dim)])) == bits(Array(b[..<(30 * c.dim)])))
      #expect(bits(a) != bits(b))
    }

    @Test func flushesFarWeightsToZeroAndKeepsNaNInItsRow() {
      let c = Case(batch: 1, heads: 1, queries: 3, keys: 2, dim: 1, isCausal: false)
      var x = Operands(c)
      x.q = [1, 100, .nan]
      x.k = [0, 1]
      x.v = [1, 2]
      underEveryVariant { variant in
        let o = Self.run(c, x, [0..<1]).o
        #expect(o[1] == 2, "\(variant)")
        #expect(abs(o[0] - 1.731_058_6) < 1e-6, "\(variant)")
        #expect(o[2].isNaN, "\(variant)")
      }
    }
  }
}
