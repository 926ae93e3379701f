import CoppiceLaboratory
import CoppiceTerms
import Testing

@Suite struct StageSelectionTests {
  @Test func keysAndTheirBeginningsMeanStages() throws {
    let plan = try RunnerPlan.plan()
    let keys = plan.stages.map(\.key)
    #expect(try plan.stages(named: keys.map { String($0.hexadecimal.prefix(16)) }) == Set(keys))
    #expect(try plan.stages(named: [keys[1].hexadecimal]) == [keys[1]])
    #expect(try plan.stages(named: []) == [])
  }

  @Test func whatMeansNoStageIsToldWithTheReason() throws {
    let plan = try RunnerPlan.plan()
    let error = #expect(throws: StageSelectionError.self) {
      try plan.stages(named: ["ffff0000ffff0000", "x", "", plan.stages[0].key.hexadecimal + "0"])
    }
    let text = try #require(error).description
    #expect(
      text.hasPrefix(
        "no stage ffff0000ffff0000 (nor 3 more that were asked for) is in test as this program plans it"))
    #expect(!text.contains("one executable only"))
    #expect(error?.exitCode == .badData)
    // Sixteen digits and more keys than that.
    let digits = Dictionary(grouping: plan.stages.map(\.key.hexadecimal)) { $0.prefix(1) }
    let common = try #require(digits.first { $0.value.count > 1 }?.key)
    #expect(throws: StageSelectionError.ambiguous(String(common))) {
      try plan.stages(named: [String(common)])
    }
    let unversioned = StageSelectionError.unknown(
      "ab", more: 0, experiment: "e", unversioned: ["criterion mine"])
    #expect(unversioned.description.contains("keys of criterion mine hold for one executable only"))
  }
}
