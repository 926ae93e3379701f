import CoppiceTerms
import Testing

@Suite struct FormerSpellingTests {
  @Test(arguments: [
    ("generatorSeed", "generator-seed"), ("variesPeriod", "varies-period"), ("feed-forward", "feed-forward"),
    ("fc1.weight", "fc1.weight"), ("Feed", "feed"), ("feed-Forward", "feed-forward"), ("", ""),
  ])
  func leadsToTodaysSpelling(old: String, new: String) { #expect(old.kebabCased == new) }

  @Test func reachesFieldsOfFields() throws {
    let old = Specification(
      "a", version: 1,
      [("bigB", .list([.component(Specification("cD", version: 2, [("eF", .text("gH"))])), .integer(1)]))])
    let new = Specification(
      "a", version: 1,
      [("big-b", .list([.component(Specification("cD", version: 2, [("e-f", .text("gH"))])), .integer(1)]))])
    #expect(Specification.Value.component(old).kebabCased == .component(new))
    #expect(Specification.Value.component(old) != .component(new))
  }
}
