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
        ck_layer_norm(rows, n, n, epsilon, x, gamma, beta, $0, $0 + rows * n, $0 + rows * n + rows)
      }
    }
    let mean = Array(results[rows * n..<rows * n + rows])
    let inverse = Array(results[(rows * n + rows)...])
    let z = onEveryVariant {
      output(rows * n) { ck_layer_norm_gradient(rows, n, n, g, x, gamma, mean, inverse, $0) }
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
      ck_layer_norm(rows, n, n, epsilon, x, nil, nil, $0, $0 + rows * n, $0 + rows * n + rows)
    }
    let ones = [Float](repeating: 1, count: n)
    let zeros = [Float](repeating: 0, count: n)
    let explicit = output(rows * n + 2 * rows) {
      ck_layer_norm(rows, n, n, epsilon, x, ones, zeros, $0, $0 + rows * n, $0 + rows * n + rows)
    }
    #expect(plain == explicit)
  }

  @Test("the statistics of a row in the documented order") func order() {
    let n = 131
    let x = samples(n, scale: 3)
    var (sum, squares) = (WideLanes(32), WideLanes(32))
    for i in 0..<n {
      let d = Double(x[i]) - Double(x[0])
      sum.lanes[i % 32] += d
      squares.lanes[i % 32].addProduct(d, d)
    }
    let off = sum.total / Double(n)
    let mean = Float(Double(x[0]) + off)
    let variance = squares.total.addingProduct(-off, sum.total) / Double(n)
    let inverse = Float(1 / (variance + Double(epsilon)).squareRoot())
    let expected = x.map { ($0 - mean) * inverse }
    let y = output(n + 2) { ck_layer_norm(1, n, n, epsilon, x, nil, nil, $0, $0 + n, $0 + n + 1) }
    #expect(y == expected + [mean, inverse])
  }

  /// A row with some of its elements, the others 0, beside the whole row.
  @Test(arguments: [(1, 3), (5, 8), (33, 40), (64, 130)])
  func aNarrowRowHasTheStatisticsOfTheWholeOne(n: Int, extent: Int) {
    let zeros = [Float](repeating: 0, count: extent - n)
    let (x, g) = (samples(n, scale: 3).map { $0 + 2 }, samples(n, seed: 2))
    let gamma = samples(n, seed: 3)
    let beta = samples(n, seed: 4)
    let narrow = output(n + 2) {
      ck_layer_norm(1, n, extent, epsilon, x, gamma, beta, $0, $0 + n, $0 + n + 1)
    }
    let whole = output(extent + 2) {
      ck_layer_norm(
        1, extent, extent, epsilon, x + zeros, gamma + zeros, beta + zeros, $0, $0 + extent, $0 + extent + 1)
    }
    let wanted = Array(whole[..<n] + whole[extent...])
    #expect(zip(narrow, wanted).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
    let (mean, inverse) = (whole[extent], whole[extent + 1])
    let gradient = output(n) { ck_layer_norm_gradient(1, n, extent, g, x, gamma, [mean], [inverse], $0) }
    let ofWhole = output(extent) {
      ck_layer_norm_gradient(
        1, extent, extent, g + zeros, x + zeros, gamma + zeros, [mean], [inverse], $0)
    }
    #expect(zip(gradient, ofWhole).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
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

  /// Bytes of 28 x 28 images, four of five 0.
  static func images(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1985
    return (0..<count * 784).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 32 & 255 < 49 ? UInt8(state >> 56) : 0
    }
  }

  /// Images with their mean and variance, from Tests/Reference/normalization.py, where PyTorch's variance is off by up to 6.8e-8.
  static let statistics: [(images: Int, shift: Double, scale: Double, mean: Double, variance: Double)] = [
    (64, 0, 1, 0.095697187018556312, 0.054934137759774779),
    (64, 0.1307, 0.3081, -0.11360862914139312, 0.57870722717267209),
    (250, 0.1307, 0.3081, -0.11253876350207814, 0.57857054087787474),
    (250, -100, 1, 100.09602681315675, 0.054921221367635227),
  ]

  @Test(
    "statistics of images with many equal pixels are as close as PyTorch's", arguments: statistics.indices)
  func equalPixels(_ index: Int) {
    let expected = Self.statistics[index]
    let (count, deviation) = (expected.images, expected.variance.squareRoot())
    let x = Self.images(count).map { Float((Double($0) / 255 - expected.shift) / expected.scale) }
    let n = x.count
    let planes = onEveryVariant {
      output(n + 3) {
        ck_batch_norm(count, 1, 784, 0, 1, 1e-5, x, nil, nil, $0, $0 + n, $0 + n + 1, $0 + n + 2)
      }
    }
    let column = onEveryVariant {
      output(n + 3) { ck_batch_norm(n, 1, 1, 0, 1, 1e-5, x, nil, nil, $0, $0 + n, $0 + n + 1, $0 + n + 2) }
    }
    let row = onEveryVariant {
      output(n + 2) { ck_layer_norm(1, n, n, 1e-5, x, nil, nil, $0, $0 + n, $0 + n + 1) }
    }
    let inverse = 1 / (expected.variance + Double(Float(1e-5))).squareRoot()
    for mean in [planes[n], column[n], row[n]] {
      #expect(abs(Double(mean) - expected.mean) <= 6e-8 * abs(expected.mean))
    }
    for variance in [planes[n + 1], column[n + 1]] {
      #expect(abs(Double(variance) / expected.variance - 1) < 6e-8)
    }
    for found in [planes[n + 2], column[n + 2], row[n + 1]] {
      #expect(abs(Double(found) / inverse - 1) < 6e-8)
    }
    #expect(
      abs(Double(planes[0]) - (Double(x[0]) - expected.mean) * inverse) < 1e-6 + 1e-7 * abs(expected.mean)
        / deviation)
  }

  /// A gradient that is the same at every pixel, as after a mean over the plane.
  @Test("the sums behind the gradients of equal elements") func equalGradients() {
    let (count, inner) = (64, 784)
    let n = count * inner
    let g = [Float](repeating: 0.1 / 784, count: n)
    let x = Self.images(count).map { Float($0) / 255 }
    let mean = Float(Self.statistics[0].mean)
    let slope = x.reduce(0.0) { $0 + Double(g[0]) * (Double($1) - Double(mean)) }
    let size = x.reduce(0.0) { $0 + abs(Double(g[0]) * (Double($1) - Double(mean))) }
    func check(_ found: [Float]) {
      #expect(abs(Double(found[n]) - slope) < 1e-7 * size)
      #expect(abs(Double(found[n + 1]) / (Double(g[0]) * Double(n)) - 1) < 1e-7)
    }
    check(
      onEveryVariant {
        output(n + 2) {
          ck_batch_norm_gradient(count, 1, inner, 0, 1, g, x, nil, [mean], [1], $0, $0 + n, $0 + n + 1)
        }
      })
    check(
      onEveryVariant {
        output(n + 2) {
          ck_batch_norm_gradient(n, 1, 1, 0, 1, g, x, nil, [mean], [1], $0, $0 + n, $0 + n + 1)
        }
      })
    let (means, ones) = ([Float](repeating: mean, count: n), [Float](repeating: 1, count: n))
    check(
      onEveryVariant {
        output(n + 2) { z in
          for i in 0..<n { z[i] = 0 }
          ck_layer_norm_parameter_gradient(n, 1, 0, 1, g, x, means, ones, z + n, z + n + 1)
        }
      })
    let rows = onEveryVariant { output(n) { ck_layer_norm_gradient(1, n, n, g, x, nil, [mean], [1], $0) } }
    let average = slope / Double(n)
    // g less its mean is 0 but for rounding, and stands beside the slope.
    #expect(
      zip(rows, x).allSatisfy { z, x in
        abs(Double(z) + (Double(x) - Double(mean)) * average) < 1e-7 * Double(g[0])
      })
  }

  @Test("a sample whose first element is far away, or not finite") func outlier() {
    let n = 10_000
    var x = samples(n, scale: 3)
    x[0] = 1e6
    let group = Group(x.map(Double.init), epsilon: Double(epsilon))
    let found = onEveryVariant {
      output(n + 3) {
        ck_batch_norm(n / 100, 1, 100, 0, 1, epsilon, x, nil, nil, $0, $0 + n, $0 + n + 1, $0 + n + 2)
      }
    }
    #expect(
      abs(Double(found[n]) / group.mean - 1) < 1e-7 && abs(Double(found[n + 1]) / group.variance - 1) < 1e-7)
    x[0] = .infinity
    let infinite = onEveryVariant {
      output(n + 3) {
        ck_batch_norm(n / 100, 1, 100, 0, 1, epsilon, x, nil, nil, $0, $0 + n, $0 + n + 1, $0 + n + 2)
      }
    }
    #expect(infinite[n] == .infinity && infinite[n + 1].isNaN && infinite[1].isNaN)
  }

  @Test("a constant row gives its beta, and no NaN") func constant() {
    let x = [Float](repeating: 0.3, count: 40)
    let y = output(42) { ck_layer_norm(1, 40, 40, 1e-5, x, nil, nil, $0, $0 + 40, $0 + 41) }
    #expect(y[..<40].allSatisfy { $0 == 0 } && y[40] == 0.3)
  }
}
