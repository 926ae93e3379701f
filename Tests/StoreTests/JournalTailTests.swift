import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// What is read of a journal that grows, is moved, cut or replaced.
@Suite struct JournalTailTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.file("journal.jsonl") }

  private func entry(_ time: Double) -> JournalEntry { JournalEntry(time: time, event: .warning, process: 7) }

  private func append(_ times: [Double], to path: String) throws {
    let journal = try Journal(path)
    for time in times { try journal.append(entry(time)) }
  }

  private func write(_ text: String) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  private func times(_ news: JournalTail.News) -> [Double] { news.entries.map(\.time) }

  @Test func onlyWhatWasAppendedIsRead() throws {
    var tail = JournalTail(path)
    #expect(try tail.news().entries.isEmpty)
    try append([1, 2], to: path)
    #expect(try times(tail.news()) == [1, 2])
    #expect(try times(tail.news()) == [])
    try append([3], to: path)
    let news = try tail.news()
    #expect(times(news) == [3] && !news.isAnew && news.isComplete)
  }

  @Test func aLineIsReadWhenItIsWhole() throws {
    try append([1], to: path)
    var tail = JournalTail(path)
    _ = try tail.news()
    try write(#"{"event":"warning","proc"#)
    #expect(try tail.news().entries.isEmpty)
    try write("ess\":7,\"time\":2}\n")
    #expect(try times(tail.news()) == [2])
  }

  @Test func whatIsNoEntryIsPassedOver() throws {
    try append([1], to: path)
    try write("nothing\n\n{\"event\":\"of a newer program\",\"process\":1,\"time\":3}\n\u{0}\u{1}\n[]\n")
    try write(String(repeating: "x", count: 3 << 20) + "\n")
    try append([2], to: path)
    var tail = JournalTail(path)
    #expect(try times(tail.news()) == [1, 2])
  }

  @Test func aFileThatWasCutIsReadAnew() throws {
    try append([1, 2, 3], to: path)
    var tail = JournalTail(path)
    _ = try tail.news()
    try Data().write(to: URL(fileURLWithPath: path))
    try append([4], to: path)
    let news = try tail.news()
    #expect(times(news) == [4] && news.isAnew)
  }

  /// Whether it is longer than before, and whether it is the same file to the system.
  @Test func aFileWithOtherContentsIsReadAnew() throws {
    try append([1, 2], to: path)
    var tail = JournalTail(path)
    _ = try tail.news()
    let other = folder.file("other.jsonl")
    try append([5, 6, 7], to: other)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: other))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.write(contentsOf: bytes)
    try file.close()
    var news = try tail.news()
    #expect(times(news) == [5, 6, 7] && news.isAnew)
    rename(other, path)
    news = try tail.news()
    #expect(times(news) == [5, 6, 7] && news.isAnew)
    unlink(path)
    news = try tail.news()
    #expect(times(news) == [] && news.isAnew)
  }

  @Test func aFileThatIsMovedIsReadToItsEnd() throws {
    try append([1, 2], to: path)
    var tail = JournalTail(path)
    _ = try tail.news()
    try append([3], to: path)
    rename(path, folder.file("journal.1.jsonl"))
    try append([4], to: path)
    var news = try tail.news()
    #expect(times(news) == [3, 4] && !news.isAnew)
    // Twice between two looks.
    try append([5], to: path)
    rename(folder.file("journal.1.jsonl"), folder.file("journal.2.jsonl"))
    rename(path, folder.file("journal.1.jsonl"))
    try append([6], to: path)
    news = try tail.news()
    #expect(times(news) == [5, 6] && !news.isAnew)
    // Whoever comes later reads the oldest first.
    var later = JournalTail(path)
    #expect(try times(later.news()) == [1, 2, 3, 4, 5, 6])
  }

  @Test func aLongJournalIsReadInParts() throws {
    try append(Array(stride(from: 1, through: 4000, by: 1)), to: path)
    var tail = JournalTail(path)
    var found: [Double] = []
    var parts = 0
    while true {
      let news = try tail.news(atMost: 1)
      found += times(news)
      parts += 1
      if news.isComplete { break }
    }
    #expect(found == Array(stride(from: 1, through: 4000, by: 1)) && parts > 2)
  }

  @Test func aFolderInItsPlaceIsAnError() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var tail = JournalTail(path)
    #expect(throws: StoreError.self) { try tail.news() }
  }
}
