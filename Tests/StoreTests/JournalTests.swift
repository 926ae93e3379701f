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

  @Test func damagedLinesAreCounted() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/journal.jsonl"
    #expect(Journal.damagedLines(in: path) == 0)
    try Journal(path).append(JournalEntry(time: 1, event: .began, process: 1))
    // What a newer program tells is no damage, and neither is an empty line.
    let lines = try String(contentsOfFile: path, encoding: .utf8) + "{\"event\":\"later\"}\n\n"
    try lines.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(Journal.damagedLines(in: path) == 0)
    try (lines + "{\"time\":1,\"eve\n\u{0}\u{0}\n[1]\n").write(
      toFile: path, atomically: false, encoding: .utf8)
    #expect(Journal.damagedLines(in: path) == 3)
    #expect(try Journal.entries(of: JournalEntry.self, in: path).count == 1)
    withExtendedLifetime(folder) {}
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

  // MARK: Moved files

  private func moved(_ number: Int) -> String { folder.file("e/journal.\(number).jsonl") }

  private func size(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test func aJournalThatHasGrownIsMoved() throws {
    let journal = try Journal(path, limit: 400)
    for index in 0..<100 { try journal.append(Entry(trial: "a", loss: Double(index))) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("e")).sorted() == [
        "journal.1.jsonl", "journal.2.jsonl", "journal.3.jsonl", "journal.jsonl",
      ])
    for path in [path, moved(1), moved(2), moved(3)] { #expect(try size(path) <= 400) }
    // The oldest go, and the rest is whole.
    let losses = try Journal.entries(of: Entry.self, in: path).map(\.loss)
    #expect(losses.count >= 3 * (400 / 25) && losses == (100 - losses.count..<100).map(Double.init))
    // The last bytes alone: of a line that they cut, nothing.
    #expect(try Journal.entries(of: Entry.self, in: path, atMost: 60).map(\.loss) == [98, 99])
    #expect(try Journal.entries(of: Entry.self, in: path, atMost: 0).isEmpty)
  }

  @Test func nobodyWritesToAFileThatOthersHaveMoved() throws {
    let (one, other) = (try Journal(path, limit: 100), try Journal(path, limit: 100))
    try one.append(Entry(trial: "one", loss: 0))
    for index in 0..<4 { try other.append(Entry(trial: "other", loss: Double(index))) }
    #expect(FileManager.default.fileExists(atPath: moved(1)))
    let before = try Data(contentsOf: URL(fileURLWithPath: moved(1)))
    try one.append(Entry(trial: "one", loss: 1))
    #expect(try Data(contentsOf: URL(fileURLWithPath: moved(1))) == before)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix(#"{"loss":1,"trial":"one"}"# + "\n"))
    #expect(try Journal.entries(of: Entry.self, in: path).count == 6)
  }

  /// Each has the file open for itself, and so locks as processes do.
  @Test func writersAtOnceLoseNoLineToMoving() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask { [path] in
          let journal = try Journal(path, limit: 4_000)
          for index in 0..<50 { try journal.append(Entry(trial: "\(writer)", loss: Double(index))) }
        }
      }
      try await group.waitForAll()
    }
    #expect(FileManager.default.fileExists(atPath: moved(1)))
    #expect(!FileManager.default.fileExists(atPath: moved(3) + "x"))
    let entries = try Journal.entries(of: Entry.self, in: path)
    #expect(entries.count == 400)
    for writer in 0..<8 {
      #expect(entries.filter { $0.trial == "\(writer)" }.map(\.loss) == (0..<50).map(Double.init))
    }
  }

  /// Somebody who keeps the lock hinders no run, and nothing is moved meanwhile.
  @Test func aLockThatIsKeptIsNotWaitedFor() throws {
    let journal = try Journal(path, limit: 50)
    try journal.append(Entry(trial: "a", loss: 1))
    let holder = open(path, O_RDONLY)
    #expect(flock(holder, LOCK_EX) == 0)
    for index in 2..<4 { try journal.append(Entry(trial: "a", loss: Double(index))) }
    close(holder)
    #expect(!FileManager.default.fileExists(atPath: moved(1)))
    try journal.append(Entry(trial: "a", loss: 4))
    #expect(FileManager.default.fileExists(atPath: moved(1)))
    #expect(try Journal.entries(of: Entry.self, in: path).map(\.loss) == [1, 2, 3, 4])
  }

  @Test func whatCannotBeMovedIsNotWrittenOver() throws {
    let journal = try Journal(path, limit: 60)
    // A folder of somebody's own, with something in it.
    try FileManager.default.createDirectory(atPath: moved(2) + "/mine", withIntermediateDirectories: true)
    for index in 0..<20 { try journal.append(Entry(trial: "a", loss: Double(index))) }
    #expect(try Journal.entries(of: Entry.self, in: path).map(\.loss) == (0..<20).map(Double.init))
    #expect(FileManager.default.fileExists(atPath: moved(2) + "/mine"))
  }

  /// Of a journal of any length, the end is read.
  @Test func aJournalOfManyGigabytesTakesNoMemory() throws {
    try FileManager.default.createDirectory(atPath: folder.file("e"), withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    #expect(truncate(path, 1 << 36) == 0)
    try Journal(path, limit: .max).append(Entry(trial: "a", loss: 1))
    #expect(try Journal.entries(of: Entry.self, in: path, atMost: 1 << 20) == [Entry(trial: "a", loss: 1)])
    // A line that is too long is no entry, and those behind it are read.
    let long = Data(#"{"loss":2,"trial":""#.utf8) + Data(repeating: 97, count: 1 << 21) + Data(#""}"#.utf8)
    try (long + Data("\n{\"loss\":3,\"trial\":\"b\"}\n".utf8)).write(to: URL(fileURLWithPath: path))
    #expect(try Journal.entries(of: Entry.self, in: path) == [Entry(trial: "b", loss: 3)])
  }
}
