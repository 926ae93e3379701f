import CoppiceHDF5
import CoppiceTerms
import Foundation
import Synchronization

/// An append-only file of JSON lines that tells of live progress. Not a record of results: those are in HDF5.
///
/// Each entry is one write, so that lines of several processes do not mix. A crash can cut only the last
/// line; it is ended before the next entry, and readers pass over what is not an entry.
///
/// A journal that has grown to its limit is moved: `journal.jsonl` becomes `journal.1.jsonl`, that becomes `journal.2.jsonl`, and
/// the oldest goes (`JournalFiles`). Writers share a lock of the file, and who moves it has the lock alone: so no line is written
/// to a file that was moved. Where files cannot be locked, none is moved.
package final class Journal: Sendable {
  /// The path of the file.
  package let path: String
  private let isSynced: Bool
  private let limit: Int
  private let file: Mutex<File>

  /// The bytes that a journal grows to before it is moved.
  package static let limit = 8 << 20

  private struct File {
    var descriptor: Int32
    /// Whether the last line has no end.
    var isCut: Bool
  }

  /// Opens a journal to append to; it and its folder are made where they are missing.
  /// - Parameters:
  ///   - isSynced: whether every entry is on disk before `append` returns.
  ///   - limit: the bytes that it grows to before it is moved. A longer entry stands in a file alone.
  package init(_ path: String, isSynced: Bool = false, limit: Int = Journal.limit) throws(StoreError) {
    self.path = path
    self.isSynced = isSynced
    self.limit = limit
    file = Mutex(try Self.open(path))
  }

  private static func open(_ path: String) throws(StoreError) -> File {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try storing { () throws(HDF5Error) in try AtomicFile.makeFolder(folder) } }
    // Lines written to a pipe would wait for a reader.
    if let kind = FileKind(at: path), [.folder, .pipe, .socket].contains(kind) {
      throw .file(HDF5Error(FileFault(path, .kind(kind))))
    }
    let descriptor = Foundation.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else { throw .file(HDF5Error(systemCall: "open", file: path, errno: errno)) }
    var last: UInt8 = 0
    let end = lseek(descriptor, 0, SEEK_END)
    // Where the last byte cannot be read, a line may be cut off. An empty line is no entry, and harms nobody.
    let isWhole = end == 0 || pread(descriptor, &last, 1, end - 1) == 1 && last == UInt8(ascii: "\n")
    return File(descriptor: descriptor, isCut: !isWhole)
  }

  deinit { file.withLock { _ = close($0.descriptor) } }

  /// Appends an entry as one line of JSON with sorted keys.
  /// - Throws: `StoreError` where it cannot be encoded (a number that is not finite) or written.
  package func append(_ entry: some Encodable) throws(StoreError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line: Data
    do { line = try encoder.encode(entry) + Data("\n".utf8) } catch {
      throw .file(HDF5Error(call: "encode", file: path, message: "the entry is not JSON: \(error)"))
    }
    let code = file.withLock { file -> Int32 in
      let isLocked = settle(&file, for: line.count)
      defer { if isLocked { flock(file.descriptor, LOCK_UN) } }
      let bytes = file.isCut ? Data("\n".utf8) + line : line
      let written = bytes.withUnsafeBytes { write(file.descriptor, $0.baseAddress, $0.count) }
      file.isCut = written > 0 && written < bytes.count || file.isCut && written <= 0
      if written == bytes.count { return isSynced && fsync(file.descriptor) != 0 ? errno : 0 }
      return written < 0 ? errno : ENOSPC
    }
    if code != 0 { throw .file(HDF5Error(systemCall: "write", file: path, errno: code)) }
  }

  // MARK: Moving

  /// Makes sure that the open file is the one at the path and has room, and that nobody moves it while it is written to. What is
  /// written to a file that somebody has removed is lost, and so the file is made again.
  ///
  /// - Returns: whether the file is locked, for the caller to unlock.
  private func settle(_ file: inout File, for count: Int) -> Bool {
    var mayMove = true
    for _ in 0..<16 {
      let isLocked = Self.lock(file.descriptor)
      if isInPlace(file.descriptor) {
        guard isLocked, mayMove, !hasRoom(file.descriptor, for: count) else { return isLocked }
        // Where others are writing, one of the next lines finds a moment.
        mayMove = move(file.descriptor)
      }
      flock(file.descriptor, LOCK_UN)
      if isInPlace(file.descriptor) { continue }
      guard let new = try? Self.open(path) else { return false }
      close(file.descriptor)
      file = new
    }
    return Self.lock(file.descriptor)
  }

  private func hasRoom(_ descriptor: Int32, for count: Int) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return true }
    return status.st_size == 0 || Int(status.st_size) + count <= limit
  }

  /// Moves the file, unless somebody is writing to it or it cannot be moved.
  private func move(_ descriptor: Int32) -> Bool {
    // Between giving up the shared lock and having it alone, another process may have moved the file.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isInPlace(descriptor) else { return false }
    return JournalFiles(path).shift()
  }

  /// Whether the open file is the one at the path.
  private func isInPlace(_ descriptor: Int32) -> Bool {
    var (ours, there) = (stat(), stat())
    return fstat(descriptor, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino
      && ours.st_dev == there.st_dev
  }

  /// Shares the lock of a file with other writers. Who moves a file takes a moment. Somebody who keeps the lock much longer is not
  /// waited for.
  private static func lock(_ descriptor: Int32) -> Bool {
    for _ in 0..<200 {
      if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return true }
      guard [EWOULDBLOCK, EINTR].contains(errno) else { return false }
      usleep(1_000)
    }
    return false
  }

  // MARK: Reading

  /// The bytes of a journal that are read at most.
  package static let readLimit = 64 << 20

  /// The entries of a journal and of its files that were moved, oldest first; none where there are no such files. Lines that are
  /// not entries are left out.
  /// - Parameter most: the bytes that are read at most, the last ones.
  package static func entries<Entry: Decodable>(
    of _: Entry.Type = Entry.self, in path: String, atMost most: Int = Journal.readLimit
  ) throws(StoreError) -> [Entry] {
    let decoder = JSONDecoder()
    var entries: [Entry] = []
    do throws(FileFault) {
      try JournalFiles(path).lines(atMost: most) { line in
        if let entry = try? decoder.decode(Entry.self, from: line) { entries.append(entry) }
      }
    } catch { throw .file(HDF5Error(error)) }
    return entries
  }

  /// How many lines of a journal are damaged: they are no objects of JSON. An event that a newer program has written is one. A journal
  /// that is not there, or cannot be read, has none.
  /// - Parameter most: the bytes that are read at most, the last ones.
  package static func damagedLines(in path: String, atMost most: Int = Journal.readLimit) -> Int {
    var count = 0
    try? JournalFiles(path).lines(atMost: most) { line in
      if !((try? JSONSerialization.jsonObject(with: line)) is [String: Any]) { count += 1 }
    }
    return count
  }
}
