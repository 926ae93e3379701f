/// How often Student's t with any number of degrees of freedom ν > 0, whole or not, lies beyond a value. For what Welch's test needs.
///
///     P(|T| > t) = I_x(ν/2, 1/2),   x = ν / (ν + t²)
///
/// I is the regularised incomplete beta function, by its continued fraction (NIST, Digital library of mathematical functions, 8.17.22),
/// evaluated from the front as W. Lentz does it. It is right to about twelve digits.
package enum StudentTail {
  /// P(|T| > t), 0…1; NaN where t or ν is no number, or ν is not above 0.
  package static func twoSided(_ t: Double, degreesOfFreedom: Double) -> Double {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite, !t.isNaN else { return .nan }
    guard t.isFinite else { return 0 }
    let square = t * t
    return incompleteBeta(
      degreesOfFreedom / (degreesOfFreedom + square), square / (degreesOfFreedom + square),
      degreesOfFreedom / 2, 0.5)
  }

  /// The t ≥ 0 with P(|T| > t) = p, for 0 < p < 1: 4.3027 for ν = 2 and 5 %.
  package static func quantile(twoSided p: Double, degreesOfFreedom: Double) -> Double {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite, p > 0, p < 1 else { return .nan }
    var (low, high) = (0.0, 1.0)
    while twoSided(high, degreesOfFreedom: degreesOfFreedom) > p, high < 1e150 { high *= 2 }
    while true {
      let middle = low + (high - low) / 2
      guard low < middle, middle < high else { return high }
      if twoSided(middle, degreesOfFreedom: degreesOfFreedom) > p { low = middle } else { high = middle }
    }
  }

  /// I_x(a, b), with y = 1 − x.
  private static func incompleteBeta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    let front = Elementary.exp(
      a * Elementary.log(x) + b * Elementary.log(y) + logGamma(a + b) - logGamma(a) - logGamma(b))
    // The fraction goes fast below the mean of the distribution; above it the other tail is taken.
    return x < (a + 1) / (a + b + 2)
      ? min(1, front * fraction(x, a, b) / a) : max(0, 1 - front * fraction(y, b, a) / b)
  }

  /// 1 / (1 + d₁ / (1 + d₂ / (1 + …))).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func held(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / held(1 - (a + b) * x / (a + 1))
    var found = d
    for step in 1...10_000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / held(1 + term * d)
        c = held(1 + term / c)
        found *= c * d
      }
      if (c * d - 1).magnitude < 1e-15 { break }
    }
    return found
  }

  /// ln Γ(x) for x > 0: Stirling's series from 15 on, and Γ(x) = Γ(x + 1) / x below.
  private static func logGamma(_ x: Double) -> Double {
    var (x, product) = (x, 1.0)
    while x < 15 {
      product *= x
      x += 1
    }
    let r = 1 / (x * x)
    let series =
      (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1_260 - r * (1.0 / 1_680 - r * (1.0 / 1_188))))) / x
    return (x - 0.5) * Elementary.log(x) - x + 0x1.d67f1c864beb5p-1 + series - Elementary.log(product)
  }
}
