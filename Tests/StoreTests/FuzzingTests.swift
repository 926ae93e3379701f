import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Damaged texts beside the results: lines of journals that are no entries are left out, and a lease that cannot be understood guards its
/// stage until it expires.
@Suite struct FuzzingTests {
  @Test func journalsAreReadAsFarAsTheyCanBe() throws {
    let folder = try TemporaryFolder()
    let mutator = Mutator(
      try Corpus.files("journal"), words: ["\n", "{", "}", "\"time\":", "null", "1e999", "-1", "\u{0}"])
    try Fuzzing("journal").run(mutator) { bytes in
      let path = folder.file("journal.jsonl")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let entries = try Journal.entries(of: JournalEntry.self, in: path)
      #expect(entries.count <= bytes.split(separator: UInt8(ascii: "\n")).count)
      // What comes next is an entry again, whatever stands before it.
      try Journal(path).append(JournalEntry(time: 1, event: .ended, process: 1))
      #expect(try Journal.entries(of: JournalEntry.self, in: path).last?.event == .ended)
    }
  }

  @Test func leasesAreUnderstoodOrExpire() throws {
    let folder = try TemporaryFolder()
    let stages = StageFolder(folder.path)
    let mutator = Mutator(
      try Corpus.files("leases"), words: ["{", "}", "\"began\":", "null", "1e999", "-1", "\u{0}", "true"])
    try FileManager.default.createDirectory(atPath: folder.file("ab"), withIntermediateDirectories: true)
    try Fuzzing("leases").run(mutator) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file("ab/abc.lease")))
      let leases = StageLeases(stages, now: { 0 })
      let holder = try #require(leases.holder(of: "abc"))
      #expect(!holder.description.isEmpty)
      _ = stages.holders
      _ = leases.acquire("abc")
      leases.release("abc")
    }
  }
}
