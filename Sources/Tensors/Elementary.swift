/// The elementary functions, by polynomials of our own.
///
/// A C library's `exp` differs from one system to the next, so nothing that leads to a weight, a batch, a mask, a
/// score or a learning rate may call it. These are built from `+ − × ÷`, square root and fused multiply-add alone,
/// all exact by IEEE 754, and so give the same bits everywhere. Accuracy is better than 1 ulp (`pow`, `expm1` and
/// `tanh`: 2 ulp). The `Float` versions compute in `Double` and round once.
package enum Elementary {
  /// eˣ. Overflows to +∞ above 709.78, becomes subnormal below −708.4 and 0 below −745.2.
  ///
  /// x = k·ln 2 + r with |r| ≤ ln 2 / 2 (Cody–Waite, in two parts), then the Taylor polynomial of degree 13.
  package static func exp(_ x: Double) -> Double {
    guard x < 709.8 else { return x.isNaN ? x : .infinity }
    guard x > -745.2 else { return 0 }
    let k = (x * (1 / ln2)).rounded(.toNearestOrEven)
    let high = fma(-k, ln2High, x)  // exact: ln2High has 21 trailing zeros
    let low = k * ln2Low
    let r = high - low
    let tail = (high - r) - low
    let y = 1 + (r + (tail + expm1Polynomial(r)))
    return scale(y, by: Int(k))
  }

  /// eˣ − 1, without the cancellation near 0.
  package static func expm1(_ x: Double) -> Double {
    guard x < 709.8 else { return x.isNaN ? x : .infinity }
    guard x > -40 else { return -1 }
    let k = (x * (1 / ln2)).rounded(.toNearestOrEven)
    let high = fma(-k, ln2High, x)
    let low = k * ln2Low
    let r = high - low
    let tail = (high - r) - low
    let p = tail + expm1Polynomial(r)
    if k == 0 { return r + p }
    if k > 60 { return scale(1 + (r + p), by: Int(k)) }
    let power = scale(1, by: Int(k))
    // 2ᵏ(1 + r + p) − 1, summed from the two large terms down.
    let head = power - 1
    let lost = k < 0 ? power - (head + 1) : (power - head) - 1
    let sum = fma(power, r, head)
    let rest = fma(power, r, head - sum)
    return sum + (fma(power, p, rest) + lost)
  }

  /// Natural logarithm. −∞ at ±0, NaN below 0.
  ///
  /// x = 2ᵏ·m with m in [√½, √2), s = (m − 1) / (m + 1), ln m = 2 artanh s as a series in s².
  package static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    let (k, f) = split(x)
    let s = f / (2 + f)
    let z = s * s
    let series = z * fma(z, artanhPolynomial(z), 2.0 / 3)
    let half = 0.5 * f * f
    // 2s + s·series rewritten around f, so that the largest term carries no rounding.
    return fma(k, ln2High, f - (half - fma(s, half + series, k * ln2Low)))
  }

  /// xʸ, by the logarithm in two `Double`s and the exponential; the special cases are those of IEEE 754.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    let isInteger = y.rounded(.towardZero) == y
    let isOdd = isInteger && y.magnitude < 0x1p53 && (y * 0.5).rounded(.towardZero) != y * 0.5
    let negative = x.sign == .minus && isOdd
    if x == 0 || x.isInfinite {
      let result: Double = (x == 0) == (y < 0) ? .infinity : 0
      return negative ? -result : result
    }
    if y.isInfinite {
      if x == -1 { return 1 }
      return (x.magnitude > 1) == (y > 0) ? .infinity : 0
    }
    if x < 0 && !isInteger { return .nan }
    let (high, low) = logPair(x.magnitude)
    let product = y * high
    let result: Double
    if product > 710 {
      result = .infinity
    } else if product < -746 {
      result = 0
    } else {
      let error = fma(y, high, -product) + y * low
      let y = exp(product)
      result = y.isFinite ? fma(y, error, y) : y
    }
    return negative ? -result : result
  }

  /// Hyperbolic tangent: −t / (t + 2) with t = e^(−2|x|) − 1, with the sign of x.
  package static func tanh(_ x: Double) -> Double {
    if x.isNaN || x == 0 { return x }
    let t = expm1(-2 * x.magnitude)
    let y = -t / (t + 2)
    return x < 0 ? -y : y
  }

  /// eˣ as `Float`.
  package static func exp(_ x: Float) -> Float { Float(exp(Double(x))) }
  /// eˣ − 1 as `Float`.
  package static func expm1(_ x: Float) -> Float { Float(expm1(Double(x))) }
  /// Natural logarithm as `Float`.
  package static func log(_ x: Float) -> Float { Float(log(Double(x))) }
  /// xʸ as `Float`.
  package static func pow(_ x: Float, _ y: Float) -> Float { Float(pow(Double(x), Double(y))) }
  /// Hyperbolic tangent as `Float`.
  package static func tanh(_ x: Float) -> Float { Float(tanh(Double(x))) }
  /// Sine as `Float`.
  package static func sin(_ x: Float) -> Float { Float(sin(Double(x))) }
  /// Cosine as `Float`.
  package static func cos(_ x: Float) -> Float { Float(cos(Double(x))) }
}

extension Elementary {
  /// a·b + c with one rounding.
  @inline(__always)
  static func fma(_ a: Double, _ b: Double, _ c: Double) -> Double { c.addingProduct(a, b) }

  private static var ln2: Double { 0x1.62e42fefa39efp-1 }
  /// The leading 32 bits of ln 2, so that k·ln2High is exact for every exponent k.
  private static var ln2High: Double { 0x1.62e42feep-1 }
  private static var ln2Low: Double { 0x1.a39ef35793c76p-33 }

  /// eʳ − 1 − r for |r| ≤ 0.35, by the Taylor series to degree 13 (truncation below 2⁻⁵⁷).
  @inline(__always)
  private static func expm1Polynomial(_ r: Double) -> Double {
    var p = fma(1.0 / 6_227_020_800, r, 1.0 / 479_001_600)
    p = fma(p, r, 1.0 / 39_916_800)
    p = fma(p, r, 1.0 / 3_628_800)
    p = fma(p, r, 1.0 / 362_880)
    p = fma(p, r, 1.0 / 40_320)
    p = fma(p, r, 1.0 / 5_040)
    p = fma(p, r, 1.0 / 720)
    p = fma(p, r, 1.0 / 120)
    p = fma(p, r, 1.0 / 24)
    p = fma(p, r, 1.0 / 6)
    p = fma(p, r, 1.0 / 2)
    return r * r * p
  }

  /// 2/5 + 2z/7 + 2z²/9 + … + 2z⁸/21: the series of 2 artanh s from its s⁵ term, with z = s² ≤ 0.0295.
  @inline(__always)
  private static func artanhPolynomial(_ z: Double) -> Double {
    var p = fma(2.0 / 21, z, 2.0 / 19)
    p = fma(p, z, 2.0 / 17)
    p = fma(p, z, 2.0 / 15)
    p = fma(p, z, 2.0 / 13)
    p = fma(p, z, 2.0 / 11)
    p = fma(p, z, 2.0 / 9)
    p = fma(p, z, 2.0 / 7)
    return fma(p, z, 2.0 / 5)
  }

  /// x = 2ᵏ(1 + f) with 1 + f in [√½, √2); x positive and finite.
  @inline(__always)
  private static func split(_ x: Double) -> (k: Double, f: Double) {
    var bits = x.bitPattern
    var k = -1023
    if bits < 0x0010_0000_0000_0000 {
      bits = (x * 0x1p54).bitPattern
      k -= 54
    }
    k += Int(bits >> 52)
    var m = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
    if m >= 0x1.6a09e667f3bcdp0 {
      m *= 0.5
      k += 1
    }
    return (Double(k), m - 1)
  }

  /// ln x as an unevaluated sum of two `Double`s, to about 2⁻⁶⁵ relative; x positive and finite.
  private static func logPair(_ x: Double) -> (high: Double, low: Double) {
    let (k, f) = split(x)
    let d = 2 + f
    let dLow = f - (d - 2)
    let s = f / d
    let sLow = (fma(-s, d, f) - s * dLow) / d
    let z = s * s
    let zLow = fma(s, s, -z) + 2 * s * sLow
    // The cubic term 2s³/3 in two Doubles, the rest in one.
    let third = 2.0 / 3
    let a = z * third
    let aLow = fma(z, third, -a) + (zLow * third + z * 0x1.5555555555555p-55)
    let b = s * a
    let bLow = fma(s, a, -b) + (sLow * a + s * aLow)
    let tail = s * z * z * artanhPolynomial(z)
    // k·ln2High + 2s + b, each sum with its rounding error kept.
    let first = k * ln2High
    let second = 2 * s
    let sum = first + second
    let sumLow = twoSumError(first, second, sum)
    let high = sum + b
    let highLow = twoSumError(sum, b, high)
    let low = highLow + (sumLow + (fma(k, ln2Low, 2 * sLow) + (bLow + tail)))
    let total = high + low
    return (total, low - (total - high))
  }

  /// The rounding error of sum = a + b, exactly (Knuth).
  @inline(__always)
  static func twoSumError(_ a: Double, _ b: Double, _ sum: Double) -> Double {
    let other = sum - a
    return (a - (sum - other)) + (b - other)
  }

  /// y·2ᵏ for y in [½, 2) and −1100 < k ≤ 1024, rounded once even where the result is subnormal.
  @inline(__always)
  private static func scale(_ y: Double, by k: Int) -> Double {
    if k > 1023 { return y * 2 * Double(bitPattern: 0x7fe0_0000_0000_0000) }
    if k < -1021 { return y * Double(bitPattern: UInt64(k + 1123) << 52) * 0x1p-100 }
    return y * Double(bitPattern: UInt64(k + 1023) << 52)
  }
}
