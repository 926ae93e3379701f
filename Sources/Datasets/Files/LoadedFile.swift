import Crypto
import Foundation

/// A file in memory, decompressed if its name ends in `.gz`, with the record of what was read.
struct LoadedFile {
  let path: String
  let bytes: [UInt8]
  let record: DataRecord.File

  /// Reads a file.
  init(_ path: String) throws(DatasetError) {
    let stored = try Self.contents(path)
    if stored.isEmpty { throw .empty(path: path) }
    let sha256 = Self.sha256(stored)
    self.path = path
    if path.hasSuffix(".gz") {
      bytes = try Gzip.decompress(stored, path: path)
      record = DataRecord.File(
        path: path, bytes: stored.count, sha256: sha256, contentSHA256: Self.sha256(bytes))
    } else {
      bytes = stored
      record = DataRecord.File(path: path, bytes: stored.count, sha256: sha256, contentSHA256: sha256)
    }
  }

  /// The bytes of a file as they lie on disk.
  static func contents(_ path: String) throws(DatasetError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(path: path, reason: reason(error))
    }
  }

  /// SHA-256 in lower-case hexadecimal.
  static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// SHA-256 of a file of any size, read in pieces.
  static func sha256(ofFile path: String) throws(DatasetError) -> String {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      var digest = SHA256()
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { digest.update(data: piece) }
      try file.close()
      return hexadecimal(digest.finalize())
    } catch {
      throw .unreadable(path: path, reason: reason(error))
    }
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
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
