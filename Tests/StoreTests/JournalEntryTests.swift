import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct JournalEntryTests {
  @Test func aLineSaysWhatHappened() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("journal.jsonl")
    let entries = [
      JournalEntry(time: 1, event: .began, trials: 3, process: 7),
      JournalEntry(time: 2.5, event: .trial, trial: "t", status: "completed", process: 7),
    ]
    let journal = try Journal(path)
    for entry in entries { try journal.append(entry) }
    #expect(try Journal.entries(of: JournalEntry.self, in: path) == entries)
  }
}
