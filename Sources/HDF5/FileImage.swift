import CoppiceTerms
import Foundation

/// The bytes of a whole file as they were when it was read.
///
/// A file is read into memory before the library sees it. So what was tested is what is read, whoever writes to the file
/// meanwhile, and a program that holds a lock on it keeps nobody from reading.
struct FileImage: ~Copyable {
  /// All bytes, from `malloc`.
  let bytes: UnsafeMutableRawBufferPointer
  private var isOwned: Bool

  /// Reads a file.
  /// - Throws: `HDF5Error` where there is none, it cannot be read, or it is no regular file.
  init(_ path: String) throws(HDF5Error) {
    bytes = try Self.read(path)
    isOwned = true
  }

  private static func read(_ path: String) throws(HDF5Error) -> UnsafeMutableRawBufferPointer {
    let descriptor: Int32
    do { descriptor = try ReadableFile.open(path) } catch { throw HDF5Error(error) }
    defer { close(descriptor) }
    let size: Int
    do { size = try ReadableFile.size(of: descriptor, at: path) } catch { throw HDF5Error(error) }
    guard let start = malloc(max(1, size)) else {
      throw HDF5Error(systemCall: "malloc", file: path, errno: ENOMEM)
    }
    var done = 0
    while done < size {
      let got = Foundation.read(descriptor, start + done, size - done)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        let code = errno
        free(start)
        throw HDF5Error(systemCall: "read", file: path, errno: code)
      }
      if got == 0 { break }
      done += got
    }
    return UnsafeMutableRawBufferPointer(start: start, count: done)
  }

  /// Gives the bytes away, to be freed by whom they are given to.
  mutating func release() { isOwned = false }

  deinit {
    if isOwned { free(bytes.baseAddress) }
  }
}
