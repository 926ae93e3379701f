import CoppicePruning
import Testing

@Suite struct DropFractionTests {
  /// f(t) = α/2 · (1 + cos(π t / T)), Evci et al. 2020, at the quarters of the course.
  @Test func theCosineIsThatOfThePaper() {
    let drop = DropFraction.cosine(0.3)
    let half = 0.5.squareRoot()
    for (step, value) in [(0, 0.3), (25, 0.15 * (1 + half)), (50, 0.15), (75, 0.15 * (1 - half)), (100, 0)] {
      #expect(abs(drop.fraction(at: step, of: 100) - value) < 1e-15, "step \(step)")
    }
  }

  @Test func aLineAndAConstant() {
    #expect(DropFraction.linear(0.4).fraction(at: 30, of: 120) == 0.4 * 0.75)
    #expect(DropFraction.linear(0.4).fraction(at: 120, of: 120) == 0)
    #expect(DropFraction.constant(0.4).fraction(at: 30, of: 120) == 0.4)
  }

  @Test(arguments: [
    Dynamics.set(drop: .linear(0.25), every: .iterations(7), to: .share(0.5)),
    .rigl(drop: .constant(0.2), every: .epochs(2)), .granet(drop: .linear(0.1), from: .iterations(3)),
    .srigl(ablation: 0.3), .topKAST(backward: 0.9), .acDC(every: .iterations(50)), .softFilter(to: .share(1)),
  ])
  func whatIsPrintedIsReadBack(dynamics: Dynamics) throws {
    let read = try Dynamics(parsing: "\(dynamics.specification)")
    #expect(read.specification == dynamics.specification)
  }

  @Test func anUnknownDecayIsRefused() {
    #expect(throws: (any Error).self) { try Dynamics(parsing: "rigl(decay: steep)") }
    #expect(throws: (any Error).self) { try Dynamics(parsing: "rigl(drop: 1.5)") }
  }
}
