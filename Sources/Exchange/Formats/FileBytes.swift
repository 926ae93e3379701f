import CoppiceTerms
import Crypto
import Foundation

/// An open file that is read piece by piece, each from its place.
///
/// It is read and not mapped. The pages of a map count as memory beside the arrays that are made of them. And a file that is cut
/// off while it is mapped ends the process, where reading ends with an error.
final class FileBytes: Sendable {
  /// The path it was opened by.
  let path: String
  /// Its bytes when it was opened.
  let count: Int
  private let descriptor: Int32

  /// Opens a file.
  /// - Throws: `ExchangeError.file` where there is none, it cannot be opened, or it is no file.
  init(_ path: String) throws(ExchangeError) {
    let descriptor: Int32
    do { descriptor = try ReadableFile.open(path) } catch { throw .file(error) }
    (self.path, self.descriptor) = (path, descriptor)
    do { count = try ReadableFile.size(of: descriptor, at: path) } catch {
      close(descriptor)
      throw .file(error)
    }
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes from a place on.
  /// - Throws: `ExchangeError.damaged` where the file ends before, `.file` where the system cannot read it.
  func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int) throws(ExchangeError) {
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(place + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .file(FileFault(path, .system(errno))) }
      guard got > 0 else {
        throw .damaged(
          path: path, format: "weight",
          reason: "it ends after \(place + done) bytes, before its last array; fetch or save it again")
      }
      done += got
    }
  }

  /// The bytes of a range, which must lie in the file.
  func bytes(_ range: Range<Int>) throws(ExchangeError) -> [UInt8] {
    var failure: ExchangeError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, done in
      do throws(ExchangeError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
        done = range.count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The first bytes, fewer where it has fewer.
  func beginning(_ most: Int) throws(ExchangeError) -> [UInt8] { try bytes(0..<min(most, count)) }

  /// SHA-256 of all bytes, in lower-case hexadecimal.
  func digest() throws(ExchangeError) -> String {
    var digest = SHA256()
    var place = 0
    while place < count {
      let piece = try bytes(place..<min(count, place + 1 << 20))
      digest.update(data: piece)
      place += piece.count
    }
    return digest.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
