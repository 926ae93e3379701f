import CoppiceTensors

/// Whether two samples have one mean, though their variances may differ. B. Welch, "The generalization of Student's problem when several
/// different population variances are involved", Biometrika 34, 1947.
///
///     t = (x̄ − ȳ) / √(a + b),   ν = (a + b)² / (a² / (n − 1) + b² / (m − 1)),   a = s_x² / n,   b = s_y² / m
struct WelchTest {
  /// t; NaN where a sample has fewer than two values, or neither varies.
  let statistic: Double
  /// ν.
  let degreesOfFreedom: Double
  /// The probability of a |t| as large by chance, 0…1.
  let probability: Double

  /// The test of two samples of finite numbers.
  init(_ first: [Double], _ second: [Double]) {
    let (one, other) = (Moments(first), Moments(second))
    let variance = one.variance / one.count + other.variance / other.count
    guard one.count > 1, other.count > 1, variance > 0 else {
      (statistic, degreesOfFreedom, probability) = (.nan, .nan, .nan)
      return
    }
    func term(_ moments: Moments) -> Double {
      let part = moments.variance / moments.count
      return part * part / (moments.count - 1)
    }
    statistic = (one.mean - other.mean) / variance.squareRoot()
    degreesOfFreedom = variance * variance / (term(one) + term(other))
    probability = StudentTail.twoSided(statistic, degreesOfFreedom: degreesOfFreedom)
  }
}

/// Mean and variance of a sample.
struct Moments {
  let count: Double
  /// NaN without values.
  let mean: Double
  /// Σ(x − mean)² / (n − 1); NaN below two values.
  let variance: Double

  init(_ values: [Double]) {
    count = Double(values.count)
    let mean = values.finiteMean
    self.mean = mean
    variance =
      values.count < 2 ? .nan : values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// Half the width of the interval that holds the mean with 95 %; NaN below two values.
  var confidenceHalfWidth: Double {
    guard count > 1 else { return .nan }
    return (variance / count).squareRoot()
      * StudentTail.quantile(twoSided: 0.05, degreesOfFreedom: count - 1)
  }
}
