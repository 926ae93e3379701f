import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct JournalTests {
  struct Entry: Codable, Equatable {
    var trial: String
    var loss: Double
  }

  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("e/journal.jsonl")
  }

  @Test func entriesComeBackInOrder() throws {
    #expect(try Journal.entries(of: Entry.self, in: path).isEmpty)
    let entries = (0..<100).map { Entry(trial: "a/\($0)\n", loss: 1 / Double($0 + 1)) }
    for part in [entries[..<50], entries[50...]] {
      let journal = try Journal(path, isSynced: part.startIndex == 0)
      for entry in part { try journal.append(entry) }
    }
    #expect(try Journal.entries(in: path) == entries)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8).hasPrefix(#"{"loss":1,"trial":"a/0\n"}"# + "\n"))
  }

  @Test func aLineCutByACrashIsPassedOver() throws {
    try Journal(path).append(Entry(trial: "a", loss: 1))
    let cut = try #require(FileHandle(forWritingAtPath: path))
    try cut.seekToEnd()
    try cut.write(contentsOf: Data(#"{"trial":"b","lo"#.utf8))
    try cut.close()
    #expect(try Journal.entries(in: path) == [Entry(trial: "a", loss: 1)])
    try Journal(path).append(Entry(trial: "c", loss: 3))
    #expect(try Journal.entries(in: path) == [Entry(trial: "a", loss: 1), Entry(trial: "c", loss: 3)])
  }

  @Test func whatIsNotJSONIsAnError() throws {
    let journal = try Journal(path)
    #expect(throws: StoreError.self) { try journal.append(Entry(trial: "a", loss: .nan)) }
    try journal.append(Entry(trial: "a", loss: 1))
    #expect(try Journal.entries(of: Entry.self, in: path).count == 1)
  }

  @Test func aFullDiskIsNamed() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let journal = try Journal("/dev/full")
    let error = #expect(throws: StoreError.self) { try journal.append(Entry(trial: "a", loss: 1)) }
    #expect(error?.systemError == ENOSPC)
    #expect(error?.description.contains("/dev/full: No space left on device (write).") == true)
  }

  /// A pipe would wait for somebody at its other end.
  @Test func whatIsNoFileIsRefused() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for (path, kind) in [(pipe, "a pipe"), (folder.path, "a folder")] {
      let written = #expect(throws: StoreError.self) { _ = try Journal(path) }
      let read = #expect(throws: StoreError.self) { _ = try Journal.entries(of: Entry.self, in: path) }
      for error in [written, read] {
        #expect(error?.reason == "wrong kind of file: it is \(kind), and nothing but files is read")
      }
    }
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    try Data().write(to: URL(fileURLWithPath: folder.file("file")))
    #expect(throws: StoreError.self) { _ = try Journal(folder.file("file/e/journal.jsonl")) }
  }

  @Test func writersAtOnceDoNotMixLines() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask { [path] in
          let journal = try Journal(path)
          for index in 0..<50 { try journal.append(Entry(trial: "\(writer)", loss: Double(index))) }
        }
      }
      try await group.waitForAll()
    }
    let entries = try Journal.entries(of: Entry.self, in: path)
    #expect(entries.count == 400)
    for writer in 0..<8 {
      #expect(entries.filter { $0.trial == "\(writer)" }.map(\.loss) == (0..<50).map(Double.init))
    }
  }

  @Test func aJournalThatWasRemovedIsMadeAgain() throws {
    let journal = try Journal(path)
    try journal.append(Entry(trial: "a", loss: 1))
    try FileManager.default.removeItem(atPath: folder.file("e"))
    try journal.append(Entry(trial: "b", loss: 2))
    try journal.append(Entry(trial: "c", loss: 3))
    #expect(try Journal.entries(in: path) == [Entry(trial: "b", loss: 2), Entry(trial: "c", loss: 3)])
  }
}
