import CoppiceLaboratory
import Testing

@Suite struct ClassDamageTests {
  /// SciPy's Welch test, see Tests/Reference/outputs.py.
  @Test func testsAreThoseOfTheReference() throws {
    let fixture = try OutputsFixture.shared.get()
    let table = try fixture.tables(.classDamage, OutputsFixture.pairs)[0]
    #expect(table.values("class") == [0, 1, 2, 3, 4])
    #expect(areNear(table.values("welch_t"), fixture.welch.map { $0[0] }))
    #expect(areNear(table.values("degrees_of_freedom"), fixture.welch.map { $0[1] }))
    #expect(areNear(table.values("p"), fixture.welch.map { $0[2] }))
    #expect(areNear(table.values("p_holm"), fixture.holm))
    #expect(table.texts("differs") == fixture.holm.map { $0 < 0.05 ? "yes" : "no" })
    #expect(table.values("networks") == [3, 3, 3, 3, 3])
    let changes = (0..<fixture.classes).map { place in
      (0..<3).map { fixture.networks[3 + $0].classes[place] - fixture.networks[$0].classes[place] }
        .reduce(0, +) / 3
    }
    #expect(areNear(table.values("change"), changes))
    let overall = (0..<3).map { fixture.networks[3 + $0].accuracy - fixture.networks[$0].accuracy }
    let all = overall.reduce(0, +) / 3
    #expect(areNear(table.values("shift"), changes.map { $0 - all }))
  }

  @Test func inequalityIsThatOfTheReference() throws {
    let fixture = try OutputsFixture.shared.get()
    let table = try fixture.tables(.classDamage, OutputsFixture.pairs)[1]
    #expect(areNear(table.values("gini"), fixture.networks[3..<6].map(\.gini)))
    #expect(areNear(table.values("dense_gini"), fixture.networks[..<3].map(\.gini)))
    for row in 0..<3 {
      let changes = zip(fixture.networks[3 + row].classes, fixture.networks[row].classes).map { $0 - $1 }
      let mean = changes.reduce(0, +) / 5
      let deviation = (changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
      #expect(abs(table.values("spread")[row] - deviation) < 1e-9)
      #expect(table.values("worst_change")[row] == changes.min())
      #expect(changes[Int(table.values("worst_class")[row])] == changes.min())
    }
  }

  /// One seed tells nothing of chance.
  @Test func oneSeedIsNoTest() throws {
    let one = OutputsFixture.pairs.filter { $0.seed == 0 }
    let table = try OutputsFixture.shared.get().tables(.classDamage, one)[0]
    #expect(table.rowCount == 5 && table.values("p_holm").allSatisfy(\.isNaN))
    #expect(table.texts("differs").allSatisfy { $0 == "not known" })
  }
}
