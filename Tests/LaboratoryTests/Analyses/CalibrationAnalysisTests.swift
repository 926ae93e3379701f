import CoppiceLaboratory
import Testing

@Suite struct CalibrationAnalysisTests {
  /// NumPy's numbers, see Tests/Reference/outputs.py. Logits are in single precision.
  @Test func numbersAreThoseOfTheReference() throws {
    let fixture = try OutputsFixture.shared.get()
    let entries = fixture.networks.indices.map {
      OutputsFixture.Entry(seed: $0, sparsity: 0.9, network: $0)
    }
    for (analysis, errors) in [
      (Analysis.calibration(), fixture.networks.map(\.equalWidth)),
      (.calibration(areAdaptive: true), fixture.networks.map(\.equalMass)),
    ] {
      let table = try fixture.tables(analysis, entries)[0]
      #expect(areNear(table.values("accuracy"), fixture.networks.map(\.accuracy)))
      #expect(areNear(table.values("log_likelihood"), fixture.networks.map(\.likelihood)))
      #expect(areNear(table.values("brier_score"), fixture.networks.map(\.brier)))
      #expect(areNear(table.values("calibration_error"), errors.map { $0[0] }))
      #expect(areNear(table.values("largest_error"), errors.map { $0[1] }))
    }
  }

  /// Beside each network stands the dense one of its seed, and bins add up to the examples.
  @Test func theDenseNetworkStandsBesideIt() throws {
    let fixture = try OutputsFixture.shared.get()
    let tables = try fixture.tables(.calibration(), OutputsFixture.pairs)
    let dense = fixture.networks[..<3].map { $0.equalWidth[0] }
    let conditions = [String](repeating: "dense", count: 3)
    #expect(
      tables[0].texts("condition") == conditions + [String](repeating: "magnitude, one-shot", count: 3))
    #expect(areNear(tables[0].values("dense_calibration_error"), dense + dense))
    let bins = tables[1]
    #expect(bins.name == "calibration_reliability")
    #expect(bins.values("examples").reduce(0, +) == Double(6 * fixture.labels.count))
    for row in 0..<bins.rowCount {
      let confidence = bins.values("confidence")[row]
      #expect(bins.values("low")[row] < confidence && confidence <= bins.values("high")[row])
    }
    let first = bins.texts("trial").indices.filter { bins.texts("trial")[$0] == bins.texts("trial")[0] }
    let error = first.reduce(0.0) { sum, row in
      sum + bins.values("examples")[row] / Double(fixture.labels.count)
        * abs(bins.values("accuracy")[row] - bins.values("confidence")[row])
    }
    #expect(abs(error - dense[0]) < 1e-6)
  }
}
