import CoppiceHDF5
import CoppiceTerms
import Foundation

/// Reads a journal again and again, and each time only what was appended since.
///
/// A journal that grew too long is moved to `journal.1.jsonl`, and the one before that to `journal.2.jsonl`. The oldest is read first, and
/// a file that is moved is read to its end under its new name. A file that was cut or replaced is read from its beginning.
package struct JournalTail: Sendable {
  /// What was appended.
  package struct News: Sendable {
    /// Whether the files are read from their beginning, so that what was known of them is to be forgotten.
    package var isAnew = false
    /// The entries in the order in which they were written. Lines that are none are left out.
    package var entries: [JournalEntry] = []
    /// Whether everything was read; `false` where there is more than was asked for.
    package var isComplete = true
  }

  /// The file that was read last.
  fileprivate struct Place {
    let file: Identity
    var offset = 0
    /// The last bytes before the offset: other ones tell that somebody wrote the file anew.
    var mark: [UInt8] = []
    /// The beginning of a line whose end is not written yet.
    var line: [UInt8] = []
    /// Whether that line is too long to be an entry.
    var isTooLong = false
  }

  fileprivate struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64
  }

  private static let chunk = 1 << 16
  private static let markLength = 64

  /// The path of the file that is written to.
  package let path: String
  private var place: Place?

  /// Begins before the first entry of a journal, which need not be there yet.
  package init(_ path: String) { self.path = path }

  /// What was appended since the last time.
  ///
  /// - Parameter limit: the most bytes that are read, about.
  /// - Throws: `StoreError` where a file is there and cannot be read.
  package mutating func news(atMost limit: Int = 8 << 20) throws(StoreError) -> News {
    var news = News()
    var budget = limit
    let files = Self.files(of: path)
    var rest = files[...]
    if let place {
      if let index = files.firstIndex(where: { $0.identity == place.file }),
        try isContinued(files[index].path)
      {
        rest = files[index...]
      } else {
        self.place = nil
        news.isAnew = true
      }
    }
    for file in rest {
      if place?.file != file.identity { place = Place(file: file.identity) }
      guard try read(file.path, &budget, into: &news.entries) else {
        news.isComplete = false
        break
      }
    }
    return news
  }

  /// The files that are there, oldest first.
  private static func files(of path: String) -> [(path: String, identity: Identity)] {
    let moved = (1...JournalFiles.kept).reversed().map(JournalFiles(path).moved)
    return (moved + [path]).compactMap { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      return (path, Identity(status))
    }
  }

  /// Whether what was read of a file still stands in it.
  private func isContinued(_ path: String) throws(StoreError) -> Bool {
    guard let place else { return false }
    return try opening(path) { descriptor throws(FileFault) in
      guard try ReadableFile.size(of: descriptor, at: path) >= place.offset else { return false }
      lseek(descriptor, off_t(place.offset - place.mark.count), SEEK_SET)
      return try ReadableFile.bytes(of: descriptor, place.mark.count, at: path) == place.mark
    } ?? false
  }

  /// Reads on in a file.
  ///
  /// - Returns: whether its end was reached.
  private mutating func read(
    _ path: String, _ budget: inout Int, into entries: inout [JournalEntry]
  ) throws(StoreError) -> Bool {
    guard var place else { return true }
    var found: [JournalEntry] = []
    var left = budget
    let isOver = try opening(path) { descriptor throws(FileFault) in
      // Another file may have taken its place in this moment.
      var status = stat()
      guard fstat(descriptor, &status) == 0, Identity(status) == place.file else { return false }
      lseek(descriptor, off_t(place.offset), SEEK_SET)
      let decoder = JSONDecoder()
      while left > 0 {
        let bytes = try ReadableFile.bytes(of: descriptor, Self.chunk, at: path)
        place.take(bytes, longest: JournalFiles.longestLine) { line in
          if let entry = try? decoder.decode(JournalEntry.self, from: Data(line)) { found.append(entry) }
        }
        place.mark = Array((place.mark + bytes).suffix(Self.markLength))
        left -= bytes.count
        if bytes.count < Self.chunk { return true }
      }
      return false
    }
    entries += found
    (self.place, budget) = (place, left)
    return isOver ?? true
  }

  /// Opens a file for a while; `nil` where there is none any more.
  private func opening<Value>(
    _ path: String, _ body: (Int32) throws(FileFault) -> Value
  ) throws(StoreError) -> Value? {
    do throws(FileFault) {
      let descriptor = try ReadableFile.open(path)
      defer { close(descriptor) }
      return try body(descriptor)
    } catch {
      let error = StoreError.file(HDF5Error(error))
      if error.isMissingFile { return nil }
      throw error
    }
  }
}

extension JournalTail.Place {
  /// Takes the next bytes of the file apart into lines.
  fileprivate mutating func take(_ bytes: [UInt8], longest: Int, _ body: ([UInt8]) -> Void) {
    offset += bytes.count
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      if !isTooLong { body(line + rest[..<end]) }
      (line, isTooLong) = ([], false)
      rest = rest[(end + 1)...]
    }
    line += rest
    if line.count > longest { (line, isTooLong) = ([], true) }
  }
}

extension JournalTail.Identity {
  fileprivate init(_ status: stat) {
    self.init(
      device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
  }
}
