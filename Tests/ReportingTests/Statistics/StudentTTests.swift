import CoppiceReporting
import Testing

@Suite struct StudentTTests {
  /// Confidence, degrees of freedom, quantile: Tests/Reference/reporting_statistics.py (SciPy).
  static let quantiles: [(Double, Int, Double)] = [
    (0.8, 1, 3.0776835371752544),
    (0.8, 2, 1.8856180831641272),
    (0.8, 3, 1.637744353696209),
    (0.8, 4, 1.533206274058944),
    (0.8, 5, 1.4758840488244815),
    (0.8, 6, 1.4397557472651483),
    (0.8, 7, 1.4149239276505086),
    (0.8, 9, 1.3830287383966329),
    (0.8, 14, 1.345030374454651),
    (0.8, 29, 1.311433647301551),
    (0.8, 99, 1.2901614420344854),
    (0.95, 1, 12.706204736174694),
    (0.95, 2, 4.302652729749462),
    (0.95, 3, 3.1824463052837078),
    (0.95, 4, 2.7764451051977934),
    (0.95, 5, 2.5705818356363146),
    (0.95, 6, 2.4469118511449786),
    (0.95, 7, 2.364624251592784),
    (0.95, 9, 2.262157162798205),
    (0.95, 14, 2.144786687917804),
    (0.95, 29, 2.045229642132703),
    (0.95, 99, 1.9842169515864174),
    (0.99, 1, 63.656741162871526),
    (0.99, 2, 9.924843200918287),
    (0.99, 3, 5.840909309733355),
    (0.99, 4, 4.604094871349992),
    (0.99, 5, 4.032142983555228),
    (0.99, 6, 3.7074280213248065),
    (0.99, 7, 3.4994832973504924),
    (0.99, 9, 3.249835541592126),
    (0.99, 14, 2.9768427343708344),
    (0.99, 29, 2.756385903670605),
    (0.99, 99, 2.626405457280827),
    (0.999, 1, 636.6192487687897),
    (0.999, 2, 31.599054576445365),
    (0.999, 3, 12.923978636687961),
    (0.999, 4, 8.610301581379522),
    (0.999, 5, 6.868826625881276),
    (0.999, 6, 5.95881617881889),
    (0.999, 7, 5.407882520861828),
    (0.999, 9, 4.780912585931217),
    (0.999, 14, 4.140454112738259),
    (0.999, 29, 3.6594050194663748),
    (0.999, 99, 3.391528833363685),
  ]

  @Test(arguments: quantiles) func quantilesAreThoseOfSciPy(
    confidence: Double, freedom: Int, expected: Double
  ) {
    let quantile = StudentT(degreesOfFreedom: freedom).twoSidedQuantile(confidence: confidence)
    #expect(abs(quantile - expected) <= 1e-12 * expected)
  }

  @Test func oneDegreeOfFreedomIsCauchy() {
    // P(|T| ≤ 1) = 1/2 and P(|T| ≤ √3) = 2/3 exactly.
    let cauchy = StudentT(degreesOfFreedom: 1)
    #expect(abs(cauchy.centralProbability(1) - 0.5) < 1e-15)
    #expect(abs(cauchy.centralProbability(3.0.squareRoot()) - 2.0 / 3) < 1e-15)
  }

  @Test func theEndsAreDefined() {
    let distribution = StudentT(degreesOfFreedom: 4)
    #expect(distribution.twoSidedQuantile(confidence: 0) == 0)
    #expect(distribution.twoSidedQuantile(confidence: 1) == .infinity)
    #expect(distribution.centralProbability(.infinity) == 1)
    #expect(StudentT(degreesOfFreedom: 0).degreesOfFreedom == 1)
  }
}
