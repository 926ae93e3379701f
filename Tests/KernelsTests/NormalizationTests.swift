import CKernels
import Testing

/// The papers' formulas in Double, over one group of values.
private struct Group {
  var mean = 0.0
  var variance = 0.0
  var inverse = 0.0

  init(_ x: [Double], epsilon: Double) {
    let n = Double(x.count)
    mean = x.reduce(0, +) / n
    variance = x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / n
    inverse = 1 / (variance + epsilon).squareRoot()
  }

  func unit(_ x: Double) -> Double { (x - mean) * inverse }

  /// The gradient with respect to x of the group, given that with respect to its unit values.
  func gradient(_ h: [Double], _ x: [Double]) -> [Double] {
    let n = Double(x.count)
    let average = h.reduce(0, +) / n
    let slope = zip(h, x).map { $0 * unit($1) }.reduce(0, +) / n
    return zip(h, x).map { inverse * ($0 - average - unit($1) * slope) }
  }
}

private let epsilon: Float = 1e-3

@Suite("Normalisation kernels") struct NormalizationTests {
  @Test("layer norm and its gradients", arguments: [1, 2, 15, 16, 17, 63, 64, 65, 130, 1000], [1, 3, 20])
  func layer(_ n: Int, _ rows: Int) {
    let x = samples(rows * n, scale: 3).map { $0 + 1 }
    let g = samples(rows * n, seed: 2)
    let gamma = samples(n, seed: 3)
    let beta = samples(n, seed: 4)
    let results = onEveryVariant {
      output(rows * n + 2 * rows) {
        ck_layer_norm(rows, n, epsilon, x, gamma, beta, $0, $0 + rows * n, $0 + rows * n + rows)
      }
    }
    let mean = Array(results[rows * n..<rows * n + rows])
    let inverse = Array(results[(rows * n + rows)...])
    let z = onEveryVariant {
      output(rows * n) { ck_layer_norm_gradient(rows, n, g, x, gamma, mean, inverse, $0) }
    }
    let parameters = onEveryVariant {
      output(2 * n) { ck_layer_norm_parameter_gradient(rows, n, 0, n, g, x, mean, inverse, $0, $0 + n) }
    }
    var (y, dx) = ([Double](), [Double]())
    var dgamma = [Double](repeating: 0, count: n)
    var dbeta = dgamma
    for r in 0..<rows {
      let row = x[r * n..<r * n + n].map(Double.init)
      let slope = g[r * n..<r * n + n].map(Double.init)
      let group = Group(row, epsilon: Double(epsilon))
      #expect(abs(Double(mean[r]) - group.mean) < 1e-6 && abs(Double(inverse[r]) / group.inverse - 1) < 1e-6)
      for j in 0..<n {
        y.append(group.unit(row[j]) * Double(gamma[j]) + Double(beta[j]))
        dgamma[j] += slope[j] * group.unit(row[j])
        dbeta[j] += slope[j]
      }
      dx += group.gradient(zip(slope, gamma).map { $0 * Double($1) }, row)
    }
    #expect(relativeError(Array(results[..<(rows * n)]), y) < 2e-6)
    #expect(zip(z, dx).allSatisfy { abs(Double($0) - $1) < 2e-5 })
    #expect(zip(parameters, dgamma + dbeta).allSatisfy { abs(Double($0) - $1) < 2e-5 })
    let parts = output(2 * n) { y in
      for begin in stride(from: 0, to: n, by: 21) {
        ck_layer_norm_parameter_gradient(rows, n, begin, min(begin + 21, n), g, x, mean, inverse, y, y + n)
      }
    }
    #expect(parts == parameters)
    let plain = output(rows * n + 2 * rows) {
      ck_layer_norm(rows, n, epsilon, x, nil, nil, $0, $0 + rows * n, $0 + rows * n + rows)
    }
    let ones = [Float](repeating: 1, count: n)
    let zeros = [Float](repeating: 0, count: n)
    let explicit = output(rows * n + 2 * rows) {
      ck_layer_norm(rows, n, epsilon, x, ones, zeros, $0, $0 + rows * n, $0 + rows * n + rows)
    }
    #expect(plain == explicit)
  }

  @Test("the statistics of a row in the documented order") func order() {
    let n = 131
    let x = samples(n, scale: 3)
    var (sum, squares) = (Lanes(), Lanes())
    for i in 0..<n { sum.add(x[i], at: i) }
    let mean = sum.total / Float(n)
    for i in 0..<n { squares.add(x[i] - mean, times: x[i] - mean, at: i) }
    let inverse = 1 / (squares.total / Float(n) + epsilon).squareRoot()
    let expected = x.map { ($0 - mean) * inverse }
    let y = output(n + 2) { ck_layer_norm(1, n, epsilon, x, nil, nil, $0, $0 + n, $0 + n + 1) }
    #expect(y == expected + [mean, inverse])
  }

  static let shapes = [
    (2, 1, 1), (5, 3, 1), (9, 16, 1), (20, 37, 1), (2, 3, 2), (3, 2, 16), (4, 5, 33), (7, 3, 130),
  ]

  @Test("batch norm and its gradients", arguments: shapes) func batch(_ shape: (Int, Int, Int)) {
    let (batch, channels, inner) = shape
    let n = batch * channels * inner
    let x = samples(n, scale: 3).map { $0 + 1 }
    let g = samples(n, seed: 2)
    let gamma = samples(channels, seed: 3)
    let beta = samples(channels, seed: 4)
    func forward(_ step: Int) -> [Float] {
      output(n + 3 * channels) { y in
        for begin in stride(from: 0, to: channels, by: step) {
          ck_batch_norm(
            batch, channels, inner, begin, min(begin + step, channels), epsilon, x, gamma, beta, y, y + n,
            y + n + channels, y + n + 2 * channels)
        }
      }
    }
    let results = onEveryVariant { forward(channels) }
    #expect(results == forward(2))
    let mean = Array(results[n..<n + channels])
    let variance = Array(results[n + channels..<n + 2 * channels])
    let inverse = Array(results[(n + 2 * channels)...])
    func backward(_ step: Int) -> [Float] {
      output(n + 2 * channels) { z in
        for begin in stride(from: 0, to: channels, by: step) {
          ck_batch_norm_gradient(
            batch, channels, inner, begin, min(begin + step, channels), g, x, gamma, mean, inverse, z, z + n,
            z + n + channels)
        }
      }
    }
    let gradients = onEveryVariant { backward(channels) }
    #expect(gradients == backward(2))
    let inference = onEveryVariant {
      output(n) {
        ck_batch_norm_inference(
          batch, channels, inner, 0, channels, epsilon, x, gamma, beta, mean, variance, $0)
      }
    }
    for c in 0..<channels {
      let places = (0..<batch).flatMap { o in (0..<inner).map { (o * channels + c) * inner + $0 } }
      let values = places.map { Double(x[$0]) }
      let slopes = places.map { Double(g[$0]) }
      let group = Group(values, epsilon: Double(epsilon))
      #expect(abs(Double(mean[c]) - group.mean) < 2e-6)
      #expect(abs(Double(variance[c]) / group.variance - 1) < 2e-6)
      #expect(abs(Double(inverse[c]) / group.inverse - 1) < 2e-6)
      let scale = Double(gamma[c])
      let dx = group.gradient(slopes.map { $0 * scale }, values)
      for (k, place) in places.enumerated() {
        let expected = group.unit(values[k]) * scale + Double(beta[c])
        #expect(abs(Double(results[place]) - expected) < 4e-6)
        #expect(abs(Double(inference[place]) - expected) < 4e-6)
        #expect(abs(Double(gradients[place]) - dx[k]) < 2e-5)
      }
      let dgamma = zip(slopes, values).map { $0 * group.unit($1) }.reduce(0, +)
      #expect(abs(Double(gradients[n + c]) - dgamma) < 5e-5)
      #expect(abs(Double(gradients[n + channels + c]) - slopes.reduce(0, +)) < 2e-5)
    }
  }

  @Test("running statistics move by momentum towards the unbiased variance") func running() {
    let n = 20
    let mean = samples(n)
    let variance = samples(n, seed: 2).map(abs)
    let oldMean = samples(n, seed: 3)
    let oldVariance = samples(n, seed: 4).map(abs)
    for count in [1, 10] {
      let new = onEveryVariant {
        output(2 * n) {
          ck_batch_norm_running(n, count, 0.1, mean, variance, oldMean, oldVariance, $0, $0 + n)
        }
      }
      let unbiased = count > 1 ? Double(count) / Double(count - 1) : 1
      for c in 0..<n {
        #expect(abs(Double(new[c]) - (0.9 * Double(oldMean[c]) + 0.1 * Double(mean[c]))) < 1e-6)
        let expected = 0.9 * Double(oldVariance[c]) + 0.1 * unbiased * Double(variance[c])
        #expect(abs(Double(new[n + c]) - expected) < 1e-6)
      }
    }
  }

  @Test("a constant row gives its beta, and no NaN") func constant() {
    let x = [Float](repeating: 0.3, count: 40)
    let y = output(42) { ck_layer_norm(1, 40, 1e-5, x, nil, nil, $0, $0 + 40, $0 + 41) }
    #expect(y[..<40].map(abs).max() ?? 1 < 1e-4)
  }
}
