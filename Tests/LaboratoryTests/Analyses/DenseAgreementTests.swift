import CoppiceLaboratory
import Testing

@Suite struct DenseAgreementTests {
  @Test func agreesWithTheReference() throws {
    let fixture = try OutputsFixture.shared.get()
    let tables = try fixture.tables(.denseAgreement, OutputsFixture.pairs)
    let table = tables[0]
    #expect(areNear(table.values("agreement"), (0..<3).map { fixture.agreement[3 + $0][$0] }))
    // The mean over the two other dense networks.
    let shares = fixture.agreement
    let between = [
      (shares[0][1] + shares[0][2]) / 2, (shares[1][0] + shares[1][2]) / 2, (shares[2][0] + shares[2][1]) / 2,
    ]
    #expect(areNear(table.values("between_seeds"), between))
    #expect(table.texts("dense_trial") == (0..<3).map { "dense-0.0-\($0)" })
    // What is lost and gained makes up for the accuracies.
    for row in 0..<3 {
      let (dense, pruned) = (fixture.networks[row].accuracy, fixture.networks[3 + row].accuracy)
      let gained = table.values("gained")[row] * (1 - dense)
      let lost = table.values("lost")[row] * dense
      #expect(abs(dense - lost + gained - pruned) < 1e-9 && lost > 0)
    }
  }

  @Test func exemplarsAreThoseOfTheReference() throws {
    let fixture = try OutputsFixture.shared.get()
    let tables = try fixture.tables(.denseAgreement, OutputsFixture.pairs)
    #expect(tables[1].values("exemplars") == [Double(fixture.exemplars.count)])
    #expect(
      areNear(tables[1].values("share"), [Double(fixture.exemplars.count) / Double(fixture.labels.count)]))
    #expect(tables[2].values("example").map { Int($0) } == fixture.exemplars)
    #expect(tables[2].values("label").map { Int32($0) } == fixture.exemplars.map { fixture.labels[$0] })
    #expect(zip(tables[2].values("class"), tables[2].values("dense_class")).allSatisfy { $0 != $1 })
    // Of two seeds no majority is told.
    let two = OutputsFixture.pairs.filter { $0.seed < 2 }
    #expect(try fixture.tables(.denseAgreement, two).map(\.rowCount) == [2, 0, 0])
  }

  /// A network that has no dense one of its seed is compared with none.
  @Test func withoutADenseNetworkThereIsNothing() throws {
    let pruned = OutputsFixture.pairs.filter { $0.sparsity > 0 }
    #expect(try OutputsFixture.shared.get().tables(.denseAgreement, pruned).map(\.rowCount) == [0, 0, 0])
  }
}
