import CoppiceTerms
import Testing

@Suite struct DistinctionTests {
  private typealias Value = Specification.Value

  private func component(_ name: String, _ fields: (name: String, value: Value)...) -> Value {
    .component(Specification(name, version: 1, fields))
  }

  private func names(_ settings: (name: String, values: [Value])..., taken: Set<String> = []) -> [String] {
    Distinction.all(among: settings, taken: taken).map(\.name)
  }

  @Test func whatIsEqualSaysNothing() {
    #expect(names(("batch-size", [.integer(20), .integer(20)])) == [])
    #expect(names(("model", [component("mlp"), component("mlp")])) == [])
  }

  @Test func numbersAreToldApartByTheirSetting() {
    #expect(
      names(("batch-size", [.integer(20), .integer(30)]), ("clipping", [.none, .number(1)])) == [
        "batch-size", "clipping",
      ])
  }

  @Test func componentsOfOneNameAreToldApartByTheField() throws {
    let values = [20, 60].map { width in
      component("mlp", ("widths", .list([.integer(width)])), ("bias", .flag(true)))
    }
    let found = Distinction.all(among: [("model", values)])
    #expect(found.map(\.name) == ["widths"])
    #expect(found[0].setting == "model")
    #expect(values.map { found[0].value(in: $0)?.description } == ["[20]", "[60]"])
    #expect(found[0].value(in: component("lenet-5")) == nil)
  }

  @Test func componentsOfSeveralNamesAreToldApartByNameAndField() {
    let rounds = { (rounds: Int) in self.component("iterative", ("rounds", .integer(rounds))) }
    let found = Distinction.all(
      among: [("schedule", [component("one-shot"), rounds(3), rounds(5)])], taken: ["rounds"])
    #expect(found.map(\.name) == ["schedule", "schedule-rounds"])
    #expect(found[0].value(in: rounds(3)) == .text("iterative"))
    #expect(found[0].isName(in: rounds(3)) && !found[1].isName(in: rounds(3)))
    // One value of each name is told by the name.
    #expect(names(("schedule", [component("one-shot"), rounds(3)])) == ["schedule"])
  }

  @Test func theRateOfALearningRateIsTheLearningRate() {
    let rates = [0.1, 0.01].map { component("constant", ("rate", .number($0))) }
    #expect(names(("learning-rate", rates)) == ["learning-rate"])
    let decayed = rates + [component("cosine", ("rate", .number(0.1)), ("floor", .number(0)))]
    #expect(names(("learning-rate", decayed)) == ["learning-rate", "learning-rate-rate"])
  }

  @Test func aFieldInsideAFieldIsFound() throws {
    let values = [0.1, 0.2].map { rate in
      component("warm-up", ("steps", .integer(5)), ("then", component("cosine", ("rate", .number(rate)))))
    }
    let found = Distinction.all(among: [("learning-rate", values)])
    #expect(found.map(\.name) == ["learning-rate"])
    #expect(found[0].value(in: values[1]) == .number(0.2))
  }

  @Test func namesThatSayTooLittleHaveTheirSettingBefore() {
    let rewinds = ["0it", "50it"].map { component("rewind", ("to", .text($0))) }
    #expect(names(("retraining", rewinds)) == ["retraining-to"])
    let one = [1, 2].map { component("a", ("momentum", .integer($0))) }
    #expect(names(("optimizer", one)) == ["momentum"])
    #expect(names(("optimizer", one), taken: ["momentum"]) == ["optimizer-momentum"])
    #expect(names(("optimizer", one), ("loss", one)) == ["optimizer-momentum", "loss-momentum"])
  }

  /// A baseline lacks both fields; only one of them differs among those that have it.
  @Test func whatTheOthersShareIsNoDistinction() {
    let cells = [3, 7].map { component("one-shot", ("to-round", .integer($0)), ("rate", .number(0.2))) }
    #expect(names(("schedule", [component("one-shot")] + cells)) == ["to-round"])
    #expect(names(("schedule", [component("one-shot"), cells[0]])) == ["to-round", "schedule-rate"])
  }
}
