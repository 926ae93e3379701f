import CoppiceLaboratory
import CoppicePruning
import CoppiceTerms
import Testing

/// What the errors of an experiment make the program end with.
@Suite struct FailureCodeTests {
  @Test func whatMakesNoSenseIsUsage() {
    let errors: [any ReportedError] = [
      ExperimentError.seeds(0), SettingError.unreadable("seed", "x"), PlanError.batchSize(0, 1),
      KernelVariantError.unknown("x"), PruningError.ratioOutOfRange(2),
    ]
    for error in errors { #expect(error.exitCode == .usage, "\(error)") }
  }

  @Test func whatIsStoredAndCannotBeReadIsBadData() {
    #expect(ConfigurationError.notJSON.exitCode == .badData)
    #expect(StageError.missingOutput("masks", stage: "a").exitCode == .badData)
  }

  @Test func whatHelpsToRunAgainSaysSo() {
    #expect(StageError.missingParent("a").exitCode == .tryAgain)
  }
}
