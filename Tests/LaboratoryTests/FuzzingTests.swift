import CoppiceLaboratory
import CoppiceTestSupport
import Testing

/// Damaged settings, as they are typed and as files hold them.
@Suite struct FuzzingTests {
  @Test func settingsAreReadOrRefused() throws {
    let mutator = Mutator(
      try Corpus.lines("settings"),
      words: ["(", ")", "[", "]", ": ", ", ", "none", "true", "0.5", "it", "ep"])
    let answers = try Fuzzing("settings").run(mutator) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      var trial = Trial()
      let setting = try Settings.named(parts[0])
      try setting.set(&trial, parts.count > 1 ? parts[1] : "")
      // What was read is printed so that it reads as the same, and a file leads back to the trial.
      var again = Trial()
      try setting.set(&again, "\(setting.value(trial))")
      #expect(again.specification == trial.specification, "\(text)")
      #expect(try Trial(configuration: trial.configuration).specification == trial.specification, "\(text)")
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func storedConfigurationsAreReadOrRefused() throws {
    let mutator = Mutator(
      [Trial().configuration, SettingsTests.unusual.configuration]
        + (try Corpus.files("json").map { String(decoding: $0, as: UTF8.self) }),
      words: ["{", "}", "[", "]", "\"", "null", "\"name\": ", "\"version\": "])
    let answers = try Fuzzing("configurations").run(mutator) { bytes in
      let stored = try StoredTrial(configuration: String(decoding: bytes, as: UTF8.self))
      _ = stored.trial.configuration
      if let problem = stored.problems.first { throw problem.error }
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }
}
