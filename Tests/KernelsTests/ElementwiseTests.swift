import CKernels
import Foundation
import Testing

typealias Unary = @Sendable (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
typealias Binary =
  @Sendable (
    Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?
  ) -> Void

/// A standard normal's distribution function.
private func phi(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
private func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }

private let special: [Float] = [
  0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
  .leastNormalMagnitude,
  -.leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, -1, 1e-20, -1e-20, 88.7,
  88.73,
  -87.3, -87.4, 12.8, -12.7, -12.9,
]

@Suite("Elementwise kernels") struct ElementwiseTests {
  struct Function: Sendable, CustomStringConvertible {
    let description: String
    let kernel: Unary
    let reference: @Sendable (Double) -> Double
    let range: ClosedRange<Float>
    let units: Double
  }

  static let functions: [Function] = [
    Function(description: "negate", kernel: ck_negate, reference: { -$0 }, range: -9...9, units: 0),
    Function(description: "absolute", kernel: ck_absolute, reference: abs, range: -9...9, units: 0),
    Function(description: "relu", kernel: ck_relu, reference: { $0 > 0 ? $0 : 0 }, range: -9...9, units: 0),
    Function(
      description: "relu6", kernel: ck_relu6, reference: { min(max($0, 0), 6) }, range: -9...9, units: 0),
    Function(description: "step", kernel: ck_step, reference: { $0 > 0 ? 1 : 0 }, range: -9...9, units: 0),
    Function(description: "sqrt", kernel: ck_sqrt, reference: { $0.squareRoot() }, range: 0...9, units: 0.5),
    Function(description: "exp", kernel: ck_exp, reference: exp, range: -87.3...88.7, units: 1),
    Function(description: "log", kernel: ck_log, reference: log, range: 1e-9...10, units: 1),
    Function(description: "log, wide", kernel: ck_log, reference: log, range: 0...3e38, units: 1),
    Function(description: "tanh", kernel: ck_tanh, reference: tanh, range: -10...10, units: 2),
    Function(
      description: "sigmoid", kernel: ck_sigmoid, reference: { 1 / (1 + exp(-$0)) }, range: -87...40,
      units: 2.5),
    Function(description: "erf", kernel: ck_erf, reference: erf, range: -5...5, units: 2),
    Function(description: "gelu", kernel: ck_gelu, reference: { $0 * phi($0) }, range: -12.7...12, units: 6),
    Function(
      description: "silu", kernel: ck_silu, reference: { $0 / (1 + exp(-$0)) }, range: -87...40, units: 3.5),
  ]

  @Test("within its error bound of the Double reference", arguments: functions) func accuracy(_ f: Function) {
    let x = samples(20_000).map {
      f.range.lowerBound + (f.range.upperBound - f.range.lowerBound) * ($0 * 0.5 + 0.5)
    }
    let y = onEveryVariant { output(x.count) { f.kernel(x.count, x, $0) } }
    #expect(unitsInTheLastPlace(y, x.map { f.reference(Double($0)) }) <= f.units)
  }

  @Test("the same bits alone, in company, and in place", arguments: functions) func sizes(_ f: Function) {
    for n in raggedSizes {
      let x = samples(n, seed: UInt64(n), scale: 8) + special
      let whole = onEveryVariant { output(x.count) { f.kernel(x.count, x, $0) } }
      let single = x.map { v in output(1) { f.kernel(1, [v], $0) }[0] }
      #expect(sameBits(whole, single))
      var place = x
      place.withUnsafeMutableBufferPointer {
        f.kernel(x.count, UnsafePointer($0.baseAddress), $0.baseAddress)
      }
      #expect(sameBits(whole, place))
    }
  }

  @Test("special values") func specialValues() {
    func of(_ kernel: Unary, _ x: Float...) -> [Float] { output(x.count) { kernel(x.count, x, $0) } }
    let inf = Float.infinity
    #expect(sameBits(of(ck_exp, 0, -0.0, inf, -inf, .nan, 88.73, -87.34), [1, 1, inf, 0, .nan, inf, 0]))
    #expect(of(ck_exp, 88.72283)[0].isFinite)
    #expect(of(ck_exp, -87.33)[0] >= .leastNormalMagnitude)
    #expect(
      sameBits(of(ck_log, 0, -0.0, inf, -1, .nan, 1, -inf), [-inf, -inf, inf, .nan, .nan, 0, .nan]))
    #expect(abs(of(ck_log, .leastNonzeroMagnitude)[0] + 103.278929) < 1e-5)
    #expect(sameBits(of(ck_tanh, 0, -0.0, inf, -inf, .nan, 1e-30), [0, -0.0, 1, -1, .nan, 1e-30]))
    #expect(sameBits(of(ck_sigmoid, 0, inf, -inf, .nan, -87.4), [0.5, 1, 0, .nan, 0]))
    #expect(sameBits(of(ck_erf, 0, -0.0, inf, -inf, .nan), [0, -0.0, 1, -1, .nan]))
    #expect(sameBits(of(ck_gelu, 0, -0.0, inf, -inf, .nan, -13), [0, -0.0, inf, -0.0, .nan, -0.0]))
    #expect(sameBits(of(ck_relu, -0.0, -1, inf, -inf, .nan), [0, 0, inf, 0, .nan]))
    #expect(sameBits(of(ck_relu6, -0.0, -1, inf, -inf, .nan, 6, 7), [0, 0, 6, 0, .nan, 6, 6]))
    #expect(sameBits(of(ck_silu, 0, -0.0, inf, .nan, -88), [0, -0.0, inf, .nan, -0.0]))
    #expect(sameBits(of(ck_step, -0.0, -1, inf, .nan, 1e-45), [0, 0, 1, .nan, 1]))
  }

  @Test("no elementary function of a normal number is subnormal") func neverSubnormal() {
    let x = (0..<400_000).map { Float(bitPattern: UInt32($0) &* 10737) }.filter { $0.isNormal }
    let kernels: [Unary] = [ck_exp, ck_log, ck_tanh, ck_sigmoid, ck_erf, ck_silu]
    for kernel in kernels {
      let y = output(x.count) { kernel(x.count, x, $0) }
      #expect(y.first { $0.isSubnormal } == nil)
    }
  }

  struct Operation: Sendable, CustomStringConvertible {
    let description: String
    let kernel: Binary
    let reference: @Sendable (Double, Double) -> Double
    let error: Double
  }

  static let operations: [Operation] = [
    Operation(description: "add", kernel: ck_add, reference: { $0 + $1 }, error: 6e-8),
    Operation(description: "subtract", kernel: ck_subtract, reference: { $0 - $1 }, error: 6e-8),
    Operation(description: "multiply", kernel: ck_multiply, reference: { $0 * $1 }, error: 6e-8),
    Operation(description: "divide", kernel: ck_divide, reference: { $0 / $1 }, error: 6e-8),
    Operation(description: "maximum", kernel: ck_maximum, reference: { max($0, $1) }, error: 0),
    Operation(description: "minimum", kernel: ck_minimum, reference: { min($0, $1) }, error: 0),
    Operation(
      description: "relu_gradient", kernel: ck_relu_gradient, reference: { $1 > 0 ? $0 : 0 }, error: 0),
    Operation(
      description: "relu6_gradient", kernel: ck_relu6_gradient,
      reference: { $1 > 0 && $1 < 6 ? $0 : 0 }, error: 0),
    Operation(
      description: "silu_gradient", kernel: ck_silu_gradient,
      reference: { x, y in
        let s = 1 / (1 + exp(-y))
        return x * s * (1 + y * (1 - s))
      },
      error: 5e-7),
    Operation(
      description: "tanh_gradient", kernel: ck_tanh_gradient, reference: { $0 * (1 - $1 * $1) }, error: 2e-7),
    Operation(
      description: "sigmoid_gradient", kernel: ck_sigmoid_gradient, reference: { $0 * $1 * (1 - $1) },
      error: 2e-7),
    Operation(
      description: "gelu_gradient", kernel: ck_gelu_gradient,
      reference: { $0 * (phi($1) + $1 * density($1)) },
      error: 5e-7),
  ]

  @Test("of two inputs", arguments: operations) func binary(_ f: Operation) {
    for n in raggedSizes {
      let a = samples(n, seed: 3, scale: 3)
      let b = samples(n, seed: 4, scale: 3)
      let y = onEveryVariant { output(n) { f.kernel(n, a, b, $0) } }
      #expect(relativeError(y, zip(a, b).map { f.reference(Double($0), Double($1)) }) <= f.error)
      let some = a + special + special.reversed()
      let others = b + special.reversed() + special
      let whole = onEveryVariant { output(some.count) { f.kernel(some.count, some, others, $0) } }
      let single = zip(some, others).map { v, w in output(1) { f.kernel(1, [v], [w], $0) }[0] }
      #expect(sameBits(whole, single))
    }
  }

  @Test("maximum, minimum and the gradient of ReLU propagate NaN") func propagation() {
    let a: [Float] = [.nan, 1, .nan, 2]
    let b: [Float] = [1, .nan, .nan, 3]
    #expect(sameBits(output(4) { ck_maximum(4, a, b, $0) }, [.nan, .nan, .nan, 3]))
    #expect(sameBits(output(4) { ck_minimum(4, a, b, $0) }, [.nan, .nan, .nan, 2]))
    #expect(sameBits(output(4) { ck_relu_gradient(4, a, b, $0) }, [.nan, .nan, .nan, 2]))
    #expect(sameBits(output(4) { ck_relu6_gradient(4, a, b, $0) }, [.nan, .nan, .nan, 2]))
  }

  @Test("numbers") func scalars() {
    for n in raggedSizes {
      let x = samples(n)
      #expect(onEveryVariant { output(n) { ck_scale(n, 0.3, x, $0) } } == x.map { 0.3 * $0 })
      #expect(onEveryVariant { output(n) { ck_offset(n, 0.3, x, $0) } } == x.map { $0 + 0.3 })
      let mask = (0..<n).map { UInt8($0 % 3 == 0 ? 1 : 0) }
      let holed = x.enumerated().map { $0.offset % 3 == 0 ? $0.element : .nan }
      let masked = onEveryVariant { output(n) { ck_mask(n, holed, mask, $0) } }
      #expect(masked == x.enumerated().map { $0.offset % 3 == 0 ? $0.element : 0 })
    }
  }

  /// Bits, because signs of zeros and subnormal numbers count too.
  @Test func selectionKeepsBits() {
    for n in raggedSizes {
      let a = samples(n), b = (0..<n).map { special[$0 % special.count] }
      let mask = (0..<n).map { UInt8($0 % 3 == 0 ? 1 : 0) }
      let selected = onEveryVariant { output(n) { ck_select(n, mask, a, b, $0) } }
      let expected = (0..<n).map { mask[$0] == 1 ? a[$0] : b[$0] }
      #expect(selected.map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }
}
