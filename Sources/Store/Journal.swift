import CoppiceHDF5
import CoppiceTerms
import Foundation
import Synchronization

/// An append-only file of JSON lines that tells of live progress. Not a record of results: those are in HDF5.
///
/// Each entry is one write, so that lines of several processes do not mix. A crash can cut only the last
/// line; it is ended before the next entry, and readers pass over what is not an entry.
package final class Journal: Sendable {
  /// The path of the file.
  package let path: String
  private let isSynced: Bool
  private let file: Mutex<File>

  private struct File {
    var descriptor: Int32
    /// Whether the last line has no end.
    var isCut: Bool
  }

  /// Opens a journal to append to; it and its folder are made where they are missing.
  /// - Parameter isSynced: whether every entry is on disk before `append` returns.
  package init(_ path: String, isSynced: Bool = false) throws(StoreError) {
    self.path = path
    self.isSynced = isSynced
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
      reopen(&file)
      let bytes = file.isCut ? Data("\n".utf8) + line : line
      let written = bytes.withUnsafeBytes { write(file.descriptor, $0.baseAddress, $0.count) }
      file.isCut = written > 0 && written < bytes.count || file.isCut && written <= 0
      if written == bytes.count { return isSynced && fsync(file.descriptor) != 0 ? errno : 0 }
      return written < 0 ? errno : ENOSPC
    }
    if code != 0 { throw .file(HDF5Error(systemCall: "write", file: path, errno: code)) }
  }

  /// Makes the file again where somebody has removed it: what is written to a file without a name is lost.
  private func reopen(_ file: inout File) {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, status.st_nlink == 0, let new = try? Self.open(path) else {
      return
    }
    close(file.descriptor)
    file = new
  }

  /// The entries of a journal, oldest first; none where there is no such file. Lines that are not entries are
  /// left out.
  package static func entries<Entry: Decodable>(
    of _: Entry.Type = Entry.self, in path: String
  ) throws(StoreError) -> [Entry] {
    guard access(path, F_OK) == 0 else { return [] }
    let data: Data
    do { data = Data(try ReadableFile.bytes(path)) } catch { throw .file(HDF5Error(error)) }
    let decoder = JSONDecoder()
    return data.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(Entry.self, from: Data($0))
    }
  }
}
