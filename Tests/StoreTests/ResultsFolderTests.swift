import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct ResultsFolderTests {
  @Test func filesLieWhereTheyAreDocumented() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(folder.path)
    #expect(results.trials(of: "e").isEmpty)
    #expect(results.experiments.isEmpty)
    for trial in ["b", "a"] { try TrialFile.write(Samples.trial, to: results.trial(trial, of: "e")) }
    #expect(results.trials(of: "e") == ["a", "b"])
    #expect(results.experiments.isEmpty, "no summary yet")
    try SummaryFile.write(Samples.summary, to: results.summary(of: "e@12ab"))
    #expect(results.experiments == ["e@12ab"])
    #expect(results.summary(of: "e") == folder.file("e/summary.h5"))
    #expect(results.journal(of: "e") == folder.file("e/journal.jsonl"))
    #expect(results.stages.path == folder.file("stages"))
  }
}
