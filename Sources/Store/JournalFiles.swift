import CoppiceTerms
import Foundation

/// The files of a journal: the one that is written, and those that were moved away when they had grown, `journal.1.jsonl` the
/// newest of them.
struct JournalFiles {
  /// How many moved files are kept.
  static let kept = 3
  /// The longest line that is read. A longer one is no entry.
  static let longestLine = 1 << 20

  let path: String

  /// The files of the journal at a path.
  init(_ path: String) { self.path = path }

  /// The path of a moved file, 1 for the newest.
  func moved(_ number: Int) -> String {
    let suffix = (path as NSString).pathExtension
    return (path as NSString).deletingPathExtension + ".\(number)" + (suffix.isEmpty ? "" : "." + suffix)
  }

  /// Moves every file to the next number; the oldest goes. The caller has the lock of the first alone.
  ///
  /// - Returns: whether the first is moved.
  func shift() -> Bool {
    // What cannot be moved is not written over, and what is no file of ours is not moved.
    guard (1...Self.kept).allSatisfy({ [nil, S_IFREG].contains(OwnFiles.kind(of: moved($0))) }) else {
      return false
    }
    for number in (1..<Self.kept).reversed() {
      guard rename(moved(number), moved(number + 1)) == 0 || errno == ENOENT else { return false }
    }
    return rename(path, moved(1)) == 0
  }

  /// Gives the lines of all files, oldest first, without their ends.
  ///
  /// A file is moved to a higher number alone, so that opening them from the newest to the oldest misses none; one that is moved
  /// meanwhile is met twice and read once.
  /// - Parameter most: the bytes that are read at most, the last ones. A line of which they hold a part is left out.
  /// - Throws: `FileFault` where the file that is written cannot be read. Moved ones that cannot are left out.
  func lines(atMost most: Int, _ body: (Data) -> Void) throws(FileFault) {
    var files: [(descriptor: Int32, status: stat)] = []
    defer { for file in files { close(file.descriptor) } }
    for path in [path] + (1...Self.kept).map(moved) {
      let descriptor: Int32
      do throws(FileFault) { descriptor = try ReadableFile.open(path) } catch {
        guard path != self.path || access(path, F_OK) != 0 else { throw error }
        continue
      }
      var status = stat()
      let isNew =
        fstat(descriptor, &status) == 0
        && !files.contains {
          $0.status.st_ino == status.st_ino && $0.status.st_dev == status.st_dev
        }
      guard isNew else {
        close(descriptor)
        continue
      }
      files.append((descriptor, status))
    }
    var left = max(0, most)
    var parts: [(descriptor: Int32, start: Int, end: Int)] = []
    for file in files {
      let size = Int(file.status.st_size)
      parts.append((file.descriptor, max(0, size - left), size))
      left = max(0, left - size)
    }
    for part in parts.reversed() where part.start < part.end {
      do throws(FileFault) {
        try Self.lines(of: part.descriptor, part.start..<part.end, at: path, body)
      } catch {
        guard part.descriptor != files.first?.descriptor else { throw error }
      }
    }
  }

  /// Gives the lines in a part of a file. Where it does not begin with the file, the first is left out: it may be cut.
  private static func lines(
    of descriptor: Int32, _ range: Range<Int>, at path: String, _ body: (Data) -> Void
  ) throws(FileFault) {
    lseek(descriptor, off_t(range.lowerBound), SEEK_SET)
    var left = range.count
    var begun: [UInt8] = []
    var isWhole = range.lowerBound == 0
    func end() {
      if isWhole, !begun.isEmpty { body(Data(begun)) }
      begun.removeAll(keepingCapacity: true)
      isWhole = true
    }
    while left > 0 {
      let bytes = try ReadableFile.bytes(of: descriptor, min(left, 1 << 16), at: path)
      guard !bytes.isEmpty else { break }
      left -= bytes.count
      bytes.withUnsafeBytes { buffer in
        var rest = UnsafeRawBufferPointer(rebasing: buffer[...])
        while let start = rest.baseAddress, !rest.isEmpty {
          let newline = memchr(start, Int32(UInt8(ascii: "\n")), rest.count)
          let count = newline.map { UnsafeRawPointer($0) - start } ?? rest.count
          // The beginning of a line that is too long is not kept.
          if begun.count + count > longestLine { isWhole = false }
          if isWhole { begun += rest[..<count] }
          if newline != nil { end() }
          rest = UnsafeRawBufferPointer(rebasing: rest[min(rest.count, count + 1)...])
        }
      }
    }
    end()
  }
}
