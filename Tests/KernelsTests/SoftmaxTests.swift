import CKernels
import Foundation
import Testing

private func softmax(_ x: [Double]) -> [Double] {
  let top = x.max() ?? 0
  let e = x.map { exp($0 - top) }
  let sum = e.reduce(0, +)
  return e.map { $0 / sum }
}

@Suite("Softmax kernels") struct SoftmaxTests {
  static let widths = [1, 2, 10, 15, 16, 17, 63, 64, 65, 130, 1000]

  private func rows(_ x: [Float], _ n: Int) -> [[Double]] {
    stride(from: 0, to: x.count, by: n).map { x[$0..<$0 + n].map(Double.init) }
  }

  @Test("against Double", arguments: widths) func reference(_ n: Int) {
    let count = 5
    let x = samples(count * n, scale: 6)
    let g = samples(count * n, seed: 2)
    let p = rows(x, n).map(softmax)
    let y = onEveryVariant { output(count * n) { ck_softmax(count, n, x, $0) } }
    #expect(unitsInTheLastPlace(y, p.flatMap { $0 }) < 12)
    let logs = onEveryVariant { output(count * n) { ck_log_softmax(count, n, x, $0) } }
    for (value, probability) in zip(logs, p.flatMap { $0 }) {
      #expect(abs(Double(value) - log(probability)) < 3e-6)
    }
    let gradient = onEveryVariant { output(count * n) { ck_softmax_gradient(count, n, g, y, $0) } }
    let logGradient = onEveryVariant { output(count * n) { ck_log_softmax_gradient(count, n, g, logs, $0) } }
    for (r, h) in rows(g, n).enumerated() {
      let dot = zip(p[r], h).map(*).reduce(0, +)
      let sum = h.reduce(0, +)
      for i in 0..<n {
        #expect(abs(Double(gradient[r * n + i]) - p[r][i] * (h[i] - dot)) < 3e-7)
        #expect(abs(Double(logGradient[r * n + i]) - (h[i] - p[r][i] * sum)) < 4e-6)
      }
    }
  }

  @Test("the row sum's order", arguments: widths) func order(_ n: Int) {
    let x = samples(n, scale: 6)
    let top = x.max() ?? 0
    let e = output(n) { ck_exp(n, x.map { $0 - top }, $0) }
    var lanes = Lanes()
    for i in 0..<n { lanes.add(e[i], at: i) }
    let inverse = 1 / lanes.total
    #expect(onEveryVariant { output(n) { ck_softmax(1, n, x, $0) } } == e.map { $0 * inverse })
  }

  @Test("cross-entropy and its gradient", arguments: widths) func crossEntropy(_ n: Int) {
    let count = 6
    let x = samples(count * n, scale: 6)
    let labels: [Int32] = [0, Int32(n - 1), -1, Int32(n / 2), Int32(n), 0]
    let g = samples(count, seed: 7)
    let p = rows(x, n).map(softmax)
    // the losses, then the probabilities
    let both = onEveryVariant {
      output(count + count * n) { ck_softmax_cross_entropy(count, n, x, labels, $0, $0 + count) }
    }
    let alone = onEveryVariant { output(count) { ck_softmax_cross_entropy(count, n, x, labels, $0, nil) } }
    #expect(alone == Array(both[..<count]))
    let probabilities = Array(both[count...])
    #expect(probabilities == output(count * n) { ck_softmax(count, n, x, $0) })
    let z = onEveryVariant {
      output(count * n) { ck_softmax_cross_entropy_gradient(count, n, g, probabilities, labels, $0) }
    }
    for r in 0..<count {
      let counts = labels[r] >= 0 && Int(labels[r]) < n
      let loss = counts ? -log(p[r][Int(labels[r])]) : 0
      #expect(abs(Double(both[r]) - loss) < 3e-6)
      for i in 0..<n {
        let expected = counts ? Double(g[r]) * (p[r][i] - (Int(labels[r]) == i ? 1 : 0)) : 0
        #expect(abs(Double(z[r * n + i]) - expected) < 3e-7)
      }
    }
    var place = x
    var losses = [Float](repeating: 0, count: count)
    place.withUnsafeMutableBufferPointer {
      ck_softmax_cross_entropy(count, n, UnsafePointer($0.baseAddress), labels, &losses, $0.baseAddress)
    }
    #expect(losses == alone)
    #expect(place == probabilities)
  }

  @Test("far below the maximum is exactly 0; large and infinite logits are stable") func extremes() {
    let x: [Float] = [1000, 936.5, 935.9, 0, -1000, -.infinity]
    let y = onEveryVariant { output(6) { ck_softmax(1, 6, x, $0) } }
    #expect(y[0] == 1 && y[1] > 0 && Array(y[2...]) == [0, 0, 0, 0])
    let tiny = [Float](repeating: 1e-30, count: 6)
    let gradient = output(6) { ck_softmax_gradient(1, 6, tiny, y, $0) }
    #expect(gradient.first { $0.isSubnormal || $0.isNaN } == nil)
    #expect(output(2) { ck_log_softmax(1, 2, [0, -500], $0) } == [0, -500])
    for n in [3, 41] {
      let x = [Float.nan] + samples(n - 1)
      let y = onEveryVariant { output(n) { ck_softmax(1, n, x, $0) } }
      #expect(y.first { !$0.isNaN } == nil)
    }
  }

  @Test("rows are independent", arguments: widths) func split(_ n: Int) {
    let x = samples(4 * n, scale: 6)
    let whole = output(4 * n) { ck_softmax(4, n, x, $0) }
    let parts = (0..<4).flatMap { r in output(n) { ck_softmax(1, n, Array(x[r * n..<r * n + n]), $0) } }
    #expect(whole == parts)
  }
}
