import CoppiceStore
import CoppiceTerms
import Crypto
import Foundation

/// SHA-256, in hexadecimal digits, of what is published and compared elsewhere.
package enum ResultDigest {
  /// That of bytes.
  package static func text(of bytes: some Sequence<UInt8>) -> String {
    StageKey.hexadecimal(SHA256.hash(data: Array(bytes)))
  }

  /// That of a file, read piece by piece.
  ///
  /// - Throws: `FileFault` where it cannot be read.
  package static func text(ofFile path: String) throws(FileFault) -> String {
    let descriptor = try ReadableFile.open(path)
    defer { close(descriptor) }
    var hash = SHA256()
    while true {
      let piece = try ReadableFile.bytes(of: descriptor, 1 << 20, at: path)
      if piece.isEmpty { return StageKey.hexadecimal(hash.finalize()) }
      hash.update(data: piece)
    }
  }
}

extension TrialRecord {
  /// SHA-256 of the canonical form of the results, 64 hexadecimal digits; see `digest`. Two trials of one digest are the same to the
  /// bit, whenever and wherever they were run.
  package var sha256: String {
    var hash = SHA256()
    digest { hash.update(bufferPointer: $0) }
    return StageKey.hexadecimal(hash.finalize())
  }
}
