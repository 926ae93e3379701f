import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct JournalLastEntriesTests {
  @Test func theEndOfAJournalIsReadInWholeLines() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("journal.jsonl")
    #expect(try Journal.entries(of: JournalEntry.self, in: path, atMost: 100).isEmpty)
    let journal = try Journal(path)
    for time in 1...50 { try journal.append(JournalEntry(time: Double(time), event: .began, process: 7)) }
    let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    let all = try Journal.entries(of: JournalEntry.self, in: path)
    #expect(all.count == 50)
    for most in [size, size + 1, .max] {
      #expect(try Journal.entries(of: JournalEntry.self, in: path, atMost: most) == all)
    }
    #expect(try Journal.entries(of: JournalEntry.self, in: path, atMost: size - 1) == Array(all.dropFirst()))
    for most in 0..<size {
      let found = try Journal.entries(of: JournalEntry.self, in: path, atMost: most)
      #expect(found == Array(all.suffix(found.count)))
    }
    #expect(throws: StoreError.self) {
      _ = try Journal.entries(of: JournalEntry.self, in: folder.path, atMost: 100)
    }
  }
}
