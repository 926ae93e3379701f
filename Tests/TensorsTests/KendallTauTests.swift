import CoppiceTensors
import Testing

@Suite struct KendallTauTests {
  /// SciPy's numbers, see Tests/Reference/outputs.py.
  @Test(
    arguments: [
      ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 0.9999999999999999),
      ([1, 2, 3, 4, 5], [5, 3, 4, 1, 2], -0.6),
      ([1, 2, 2, 3, 4, 4], [2, 2, 1, 5, 3, 4], 0.44474958999666075),
      ([0.5, 0.5, 0.25, 0.75], [0.1, 0.2, 0.2, 0.2], 0.0),
      ([12, 2, 1, 12, 2, 7, 9], [1, 4, 7, 1, 0, 3, 3], -0.5263157894736842),
    ] as [([Double], [Double], Double)])
  func isThatOfSciPy(x: [Double], y: [Double], tau: Double) throws {
    let found = KendallTau(Array(zip(x, y)))
    #expect(found.count == x.count)
    #expect(abs(try #require(found.coefficient) - tau) < 1e-12)
  }

  @Test func whatIsNotANumberIsLeftOut() {
    let found = KendallTau([(1, 2), (.nan, 1), (2, .infinity), (3, 1)])
    #expect(found == KendallTau([(1, 2), (3, 1)]) && found.coefficient == -1 && found.count == 2)
    #expect(KendallTau([]).coefficient == nil && KendallTau([(1, 1)]).coefficient == nil)
    #expect(KendallTau([(1, 1), (1, 2)]).coefficient == nil)
  }
}
