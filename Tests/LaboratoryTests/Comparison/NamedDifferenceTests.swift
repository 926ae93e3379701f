import CoppiceLaboratory
import CoppiceTerms
import Testing

@Suite struct NamedDifferenceTests {
  @Test func settingsAreNamed() throws {
    var other = Trial(seed: 1)
    try Settings.named("optimizer").set(&other, "sgd")
    let found = NamedDifference.settings(Trial().configuration, other.configuration)
    #expect(found.map(\.name) == ["optimizer", "seed"])
    #expect(found[0].one?.hasPrefix("adam") == true && found[0].other?.hasPrefix("sgd") == true)
    #expect(found[1].one == "0" && found[1].other == "1")
  }

  /// A file of before there was a setting means its neutral value.
  @Test func aMissingSettingIsNeutral() throws {
    let whole = Trial().configuration
    guard case .members(let members)? = JSON(parsing: whole) else { return }
    let older = JSON.members(members.filter { $0.name != "dynamics" }).text
    #expect(older != whole)
    #expect(NamedDifference.settings(older, whole).isEmpty)
    // One that has no neutral value is told.
    let broken = JSON.members(members.filter { $0.name != "model" }).text
    #expect(NamedDifference.settings(broken, whole).map(\.name) == ["model"])
  }

  @Test func aVersionIsTold() {
    let one = #"{"criterion": {"name": "x", "version": 1}}"#
    let other = #"{"criterion": {"name": "x", "version": 2}}"#
    let found = NamedDifference.settings(one, other)
    #expect(found.map(\.name) == ["criterion"] && found[0].one != found[0].other)
  }

  @Test func provenanceLeavesOutTheHour() {
    let one =
      #"{"command": "a", "started": "1", "numerics": 5, "data": [{"dataset": "d", "files": [{"name": "f", "content_sha256": "1"}]}]}"#
    let other =
      #"{"command": "b", "started": "2", "numerics": 4, "data": [{"dataset": "d", "files": [{"name": "f", "content_sha256": "2"}]}]}"#
    #expect(NamedDifference.provenance(one, one).isEmpty)
    #expect(NamedDifference.provenance(one, other).map(\.name) == ["numerics", "data d f"])
  }
}
