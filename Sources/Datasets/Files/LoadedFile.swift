import CoppiceTensors
import CoppiceTerms
import Crypto
import Foundation

/// A file in memory with the record of what was read: the way for a data set of one's own to read its files.
///
/// Put `record` into the set's `DataRecord`: one changed byte then makes every stage that depends on the data run again, and
/// results say which file they come from. Whether a file is compressed (gzip) is told by its contents, not by its name.
public struct LoadedFile: Sendable {
  /// Where it lies.
  public let path: String
  /// What it holds, decompressed.
  public let bytes: [UInt8]
  /// Name, size and SHA-256 of what was read, for the set's `DataRecord`.
  public let record: DataRecord.File

  /// Reads a file.
  ///
  /// - Parameter most: the most bytes it may hold, decompressed; `nil` for `usualLimit`.
  /// - Throws: `DatasetError` where it cannot be read, is empty, does not decompress, or holds more.
  public init(_ path: String, atMost most: Int? = nil) throws(DatasetError) {
    try self.init(path, ContentLimit(most))
  }

  /// Reads one of the files of a data set, as much as it may hold.
  init(_ path: String, as file: DataFiles.File) throws(DatasetError) {
    try self.init(path, ContentLimit(file.contentLimit, file.announcement))
  }

  private init(_ path: String, _ limit: ContentLimit) throws(DatasetError) {
    let stored = try Self.contents(path, limit)
    if stored.isEmpty { throw .empty(path: path) }
    self.path = path
    bytes = Gzip.isPacked(stored) ? try Gzip.decompress(stored, path: path, limit) : stored
    record = DataRecord.File(path: path, stored: stored, contents: bytes)
  }

  /// The most bytes that are read of a file for which nothing else is said: 4 GiB, or half of this machine's memory.
  public static let usualLimit = min(1 << 32, Int(ProcessInfo.processInfo.physicalMemory / 2))

  /// The contents as text, without a byte-order mark.
  ///
  /// - Throws: `DatasetError.malformed` where they are not UTF-8.
  public func text() throws(DatasetError) -> String {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let rest = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
    guard let text = String(validating: rest, as: UTF8.self) else {
      throw .malformed(
        path: path, place: "text",
        reason: "it is not UTF-8; save it as UTF-8, or fetch the data set again")
    }
    return text
  }

  /// Whether it holds a web page: what a server sends that has not got the file.
  var isWebPage: Bool { Self.isWebPage(bytes.prefix(256)) }

  /// Whether a file begins as a web page does.
  static func isWebPage(_ start: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: start, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      .lowercased()
    return ["<!doctype", "<html", "<?xml"].contains(where: text.hasPrefix)
  }

  /// The bytes of a file as they lie on disk. Of one that is not packed and not of its format, the beginning alone.
  private static func contents(_ path: String, _ limit: ContentLimit) throws(DatasetError) -> [UInt8] {
    try reading(path) { (descriptor: Int32) throws(DatasetError) -> [UInt8] in
      let size = try size(of: descriptor, path)
      let beginning = try piece(of: descriptor, min(size, ContentLimit.beginning), path)
      let isPacked = Gzip.isPacked(beginning)
      // A packed file is hardly ever larger than its content.
      let bound =
        try isPacked
        ? ContentLimit.Bound(size: limit.most.plus(limit.most / 64), isAnnounced: false)
        : limit.bound(beginning[...], path: path)
      if bound.isOtherFormat { return beginning }
      if bound.isExceeded(by: size) { throw bound.error(path: path, isPacked: false) }
      guard lseek(descriptor, 0, SEEK_SET) == 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      return try piece(of: descriptor, size, path)
    }
  }

  /// The first bytes of a file.
  static func beginning(ofFile path: String, _ count: Int) throws(DatasetError) -> [UInt8] {
    try reading(path) { (descriptor: Int32) throws(DatasetError) -> [UInt8] in
      try piece(of: descriptor, count, path)
    }
  }

  /// Opens a file for as long as `body` reads it.
  private static func reading<Result>(
    _ path: String, _ body: (_ descriptor: Int32) throws(DatasetError) -> Result
  ) throws(DatasetError) -> Result {
    let descriptor: Int32
    do { descriptor = try ReadableFile.open(path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  private static func size(of descriptor: Int32, _ path: String) throws(DatasetError) -> Int {
    do { return try ReadableFile.size(of: descriptor, at: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  private static func piece(
    of descriptor: Int32, _ count: Int, _ path: String
  ) throws(DatasetError) -> [UInt8] {
    do { return try ReadableFile.bytes(of: descriptor, count, at: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  /// SHA-256 in lower-case hexadecimal.
  static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// SHA-256 of a file of any size, read in pieces.
  static func sha256(ofFile path: String) throws(DatasetError) -> String {
    try reading(path) { (descriptor: Int32) throws(DatasetError) -> String in
      var digest = SHA256()
      while true {
        let bytes = try piece(of: descriptor, 1 << 20, path)
        if bytes.isEmpty { return hexadecimal(digest.finalize()) }
        digest.update(data: bytes)
      }
    }
  }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// What the system says, in a few words.
  static func reason(_ error: any Error) -> String {
    if let posix = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError {
      return String(cString: strerror(posix.code.rawValue))
    }
    return (error as NSError).localizedDescription
  }
}

extension DataRecord.File {
  /// The record of a file by its bytes, as they lie on disk and decompressed.
  init(path: String, stored: [UInt8], contents: [UInt8]) {
    let sha256 = LoadedFile.sha256(stored)
    self.init(
      path: path, bytes: stored.count, sha256: sha256, contentBytes: contents.count,
      contentSHA256: stored.count == contents.count && stored == contents
        ? sha256 : LoadedFile.sha256(contents))
  }
}
