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
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw HDF5Error(systemCall: "open", file: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw HDF5Error(systemCall: "fstat", file: path, errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw HDF5Error(
        call: "open", file: path, message: "wrong kind of file: neither a pipe nor a folder holds HDF5")
    }
    let size = Int(status.st_size)
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
