import CoppicePruning
import Testing

@Suite struct SparsityCurveTests {
  /// The sparsities promised at the quarters of a course to 0.9.
  private func sparsities(_ curve: SparsityCurve) throws -> [Double] {
    let gradual = Dynamics.gradual(to: .iterations(40), every: .iterations(10), curve: curve)
    return try [0, 10, 20, 30, 40].map { step in
      let target = try gradual.target(at: DynamicsMoment(step: step, total: 40, perEpoch: 10), ratio: 0.9)
      guard case .sparsity(let sparsity) = target else { return .nan }
      return sparsity
    }
  }

  @Test func curvesAreThoseOfTheirFormulas() throws {
    let half = 0.5.squareRoot()
    // Densities of the exponential one: 0.1 to the powers of ¼, ½ and ¾.
    let quarter = 0.1.squareRoot().squareRoot()
    let expected: [(SparsityCurve, [Double])] = [
      (.cubic, [0, 0.9 * 37 / 64, 0.9 * 7 / 8, 0.9 * 63 / 64, 0.9]),
      (.linear, [0, 0.225, 0.45, 0.675, 0.9]),
      (
        .exponential,
        [0, 1 - quarter, 1 - quarter * quarter, 1 - quarter * quarter * quarter, 0.9]
      ),
      (.cosine, [0, 0.45 * (1 - half), 0.45, 0.45 * (1 + half), 0.9]),
    ]
    for (curve, values) in expected {
      for (found, value) in zip(try sparsities(curve), values) {
        #expect(abs(found - value) < 1e-15, "\(curve)")
      }
    }
  }

  @Test func theCubicIsNoFieldAndOthersAre() throws {
    #expect(Dynamics.gradual(curve: .cubic).specification == Dynamics.gradual().specification)
    #expect("\(Dynamics.gradual().specification)" == "gradual(from: 0.0, to: 0.5, every: 100it)")
    let linear = Dynamics.gradual(curve: .linear)
    #expect(try Dynamics(parsing: "\(linear.specification)").specification == linear.specification)
    #expect(linear.specification != Dynamics.gradual().specification)
    #expect(throws: (any Error).self) { try Dynamics(parsing: "gradual(curve: steep)") }
  }
}
