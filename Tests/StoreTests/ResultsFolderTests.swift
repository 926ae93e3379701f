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

  @Test func anEmptyPathIsNotTheRoot() {
    #expect(ResultsFolder("").stages.path == "./stages")
    #expect(ResultsFolder("").summary(of: "e") == "./e/summary.h5")
  }

  /// Trials and files set aside are known by their names and kinds.
  @Test func filesOfOthersAreNotOurs() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(folder.path)
    let manager = FileManager.default
    let own = "magnitude-one-shot-0.9-seed0-0123abcd"
    for name in [
      "e/trials/\(own).h5", "e/trials/notes.h5", "e/trials/\(own)-copy.h5", "e/trials/\(own).txt",
      "e/set-aside/a-1.h5", "e/set-aside/notes.h5", "e/set-aside/a-1.txt", "e/set-aside/full-1.h5/file",
      "other/\(own).h5", "other/a-1.h5", "other/\(own).h5.tmp-1-0123456789abcdef",
    ] {
      let path = folder.file(name)
      try manager.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
    }
    try manager.createSymbolicLink(
      atPath: folder.file("e/trials/\(own.dropLast())e.h5"), withDestinationPath: folder.file("other/a-1.h5"))
    try manager.createDirectory(
      atPath: folder.file("e/set-aside/empty-1.h5"), withIntermediateDirectories: true)
    for link in ["trials", "set-aside"] {
      try manager.createDirectory(atPath: folder.file("f"), withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        atPath: folder.file("f/\(link)"), withDestinationPath: folder.file("other"))
    }
    try manager.createSymbolicLink(atPath: folder.file("g"), withDestinationPath: folder.file("e"))
    #expect(results.ownTrials(of: "e") == [own])
    #expect(
      results.setAsideFiles(of: "e") == ["a-1.h5", "empty-1.h5"].map { folder.file("e/set-aside/\($0)") })
    for linked in ["f", "g"] {
      #expect(results.ownTrials(of: linked).isEmpty && results.setAsideFiles(of: linked).isEmpty)
      #expect(results.leftovers(of: linked).isEmpty)
    }
    #expect(results.isLink("g") && !results.isLink("e") && !results.isLink("f"))
  }

  @Test func nothingIsRemovedThroughALink() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(folder.file("results"))
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("results/e/full"), withIntermediateDirectories: true)
    try manager.createDirectory(atPath: folder.file("results/e/empty"), withIntermediateDirectories: true)
    for name in ["outside", "results/e/a", "results/e/full/b"] {
      try Data().write(to: URL(fileURLWithPath: folder.file(name)))
    }
    try manager.createSymbolicLink(
      atPath: folder.file("results/link"), withDestinationPath: folder.file("results/e"))
    try manager.createSymbolicLink(
      atPath: folder.file("results/e/out"), withDestinationPath: folder.file("outside"))
    #expect([ENOTDIR, ELOOP].contains(results.remove(folder.file("results/link/a"))))
    #expect(results.remove(folder.file("outside")) == EXDEV)
    #expect(results.remove(folder.file("results/../outside")) != 0)
    #expect(results.remove(folder.file("results/e/full")) == ENOTEMPTY)
    #expect(folder.names == ["outside", "results"])
    #expect(results.remove(folder.file("results/e/none")) == 0)
    #expect(results.remove(folder.file("results/none/a")) == 0)
    for name in ["a", "out", "empty"] { #expect(results.remove(folder.file("results/e/\(name)")) == 0) }
    #expect(try manager.contentsOfDirectory(atPath: folder.file("results/e")) == ["full"])
    #expect(manager.fileExists(atPath: folder.file("outside")))
  }
}
