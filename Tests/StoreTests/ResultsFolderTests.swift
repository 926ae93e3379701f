import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
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

  @Test func aNameTooLongForAFolderIsShortened() throws {
    let results = ResultsFolder("r")
    let long = String(repeating: "why", count: 100)
    #expect(results.folder(of: "e") == "r/e")
    #expect(results.folder(of: long) == "r/\(FileName.shortened(long))")
    #expect(results.trial("t", of: long).utf8.count < 130)
    // Who has read the name in a listing finds the same folder.
    #expect(results.summary(of: FileName.shortened(long)) == results.summary(of: long))
  }

  @Test func filesAreSetAsideBesideTheResults() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(folder.path)
    let trial = results.trial("a", of: "e")
    try TrialFile.write(Samples.trial, to: trial)
    #expect(try results.keep(trial, of: "e", moved: true) == folder.file("e/set-aside/a-1.h5"))
    #expect(results.trials(of: "e").isEmpty)
    #expect(results.setAsideFiles(of: "e") == [folder.file("e/set-aside/a-1.h5")])
  }

  @Test func leftoversOfTheDeadGoFromEveryFolder() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(folder.path)
    try TrialFile.write(Samples.trial, to: results.trial("a", of: "e"))
    try SummaryFile.write(Samples.summary, to: results.summary(of: "e"))
    let left = ["e/accuracy.svg", "e/summary.h5", "e/trials/a.h5"].map {
      AtomicFile.temporaryPath(for: folder.file($0))
    }
    for path in left { try Data().write(to: URL(fileURLWithPath: path)) }
    #expect(Set(results.leftovers(of: "e")) == Set(left))
    results.removeLeftovers(of: "e")
    #expect(results.leftovers(of: "e").isEmpty)
    #expect(results.trials(of: "e") == ["a"] && results.experiments == ["e"])
  }
}
