/// Student's t distribution with a whole number of degrees of freedom ν, as confidence intervals over seeds
/// need it.
///
/// For whole ν the central probability `A(t) = P(|T| ≤ t)` is a finite sum (Abramowitz and Stegun 26.7.3 and
/// 26.7.4), with `sin θ = t/√(ν + t²)` and `cos θ = √ν/√(ν + t²)`:
///
///     ν odd:  A = 2/π · (θ + sin θ · (cos θ + 2/3 cos³ θ + … + 2·4…(ν−3)/(1·3…(ν−2)) cos^(ν−2) θ))
///     ν even: A = sin θ · (1 + 1/2 cos² θ + 1·3/(2·4) cos⁴ θ + … + 1·3…(ν−3)/(2·4…(ν−2)) cos^(ν−2) θ)
///
/// All terms are positive, so nothing cancels; the quantile inverts the sum by bisection to the last bit.
package struct StudentT: Sendable, Equatable {
  /// ν, at least 1.
  package let degreesOfFreedom: Int

  /// A distribution with `degreesOfFreedom` ≥ 1; smaller values are taken as 1.
  package init(degreesOfFreedom: Int) {
    self.degreesOfFreedom = max(1, degreesOfFreedom)
  }

  /// `P(|T| ≤ t)`, for `t` ≥ 0.
  package func centralProbability(_ t: Double) -> Double {
    let ν = degreesOfFreedom
    guard t.isFinite else { return 1 }
    let hypotenuse = (Double(ν) + t * t).squareRoot()
    guard hypotenuse.isFinite else { return 1 }
    let sine = t / hypotenuse
    let cosine = Double(ν).squareRoot() / hypotenuse
    let isOdd = ν % 2 == 1

    var sum = 0.0
    if ν > 1 {
      var term = isOdd ? cosine : 1
      sum = term
      // The term of cos^k θ carries the factor (k−1)/k.
      for k in stride(from: isOdd ? 3 : 2, through: ν - 2, by: 2) {
        term *= cosine * cosine * (Double(k - 1) / Double(k))
        sum += term
      }
    }
    return isOdd ? 2 / Double.pi * (Self.arcTangent(t / Double(ν).squareRoot()) + sine * sum) : sine * sum
  }

  /// `P(|T| ≥ t)`, for `t` ≥ 0: the probability of a two-sided test. What is left of 1 is exact to some 10⁻¹⁶.
  package func tailProbability(_ t: Double) -> Double { max(0, 1 - centralProbability(t)) }

  /// The `t` with `P(|T| ≤ t) = confidence`: 4.3027 for ν = 2 and 95 %. Zero for a confidence of 0 or less,
  /// infinite for 1 or more.
  package func twoSidedQuantile(confidence: Double) -> Double {
    guard confidence > 0 else { return 0 }
    guard confidence < 1 else { return .infinity }
    var low = 0.0
    var high = 1.0
    while centralProbability(high) < confidence { high *= 2 }
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return high }
      if centralProbability(middle) < confidence { low = middle } else { high = middle }
    }
  }

  /// `arctan x` for `x` ≥ 0: the angle is halved four times, `arctan x = 2 arctan(x/(1 + √(1 + x²)))`, which
  /// leaves at most tan(π/32), where twelve terms of the power series are exact to the last bit or two.
  private static func arcTangent(_ x: Double) -> Double {
    guard x < 1e8 else { return Double.pi / 2 - 1 / x }
    var y = x
    for _ in 0..<4 { y /= 1 + (1 + y * y).squareRoot() }
    var sum = 0.0
    for k in stride(from: 23, through: 1, by: -2) {
      sum = ((k / 2) % 2 == 0 ? 1.0 : -1.0) / Double(k) + sum * y * y
    }
    return 16 * y * sum
  }
}
