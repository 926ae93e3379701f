import Foundation

/// Opens files to be read: the one door to whatever is read, be it data, results, journals or benchmarks.
///
/// Something else may stand in the place of a file. A pipe waits for a writer, a device may never end, and a socket and a folder
/// have errors of their own. None of them is opened.
package enum ReadableFile {
  /// Opens a file, whose descriptor is closed by whoever asks.
  ///
  /// - Throws: `FileFault` where there is none, it cannot be opened, or it is no file.
  package static func open(_ path: String) throws(FileFault) -> Int32 {
    var status = stat()
    // To open some devices does something already, so they are asked first.
    guard stat(path, &status) == 0 else { throw FileFault(path, .system(errno)) }
    if let kind = FileKind(status), kind != .file { throw FileFault(path, .kind(kind)) }
    // Another thing may take its place in this moment. Without O_NONBLOCK, opening a pipe would wait for a writer.
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFault(path, .system(errno)) }
    do throws(FileFault) {
      let kind = FileKind(try Self.status(of: descriptor, at: path))
      guard kind == .file else { throw FileFault(path, .kind(kind ?? .device)) }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// All bytes of a file.
  ///
  /// - Parameter most: the most bytes it may have.
  /// - Throws: `FileFault` where it cannot be read, is no file, or has more.
  package static func bytes(_ path: String, atMost most: Int = .max) throws(FileFault) -> [UInt8] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    let size = try Self.size(of: descriptor, at: path)
    guard size <= most else { throw FileFault(path, .size(size, most: most)) }
    return try bytes(of: descriptor, size, at: path)
  }

  /// The size of an open file in bytes.
  ///
  /// - Throws: `FileFault` naming `path` where the system does not tell it: a file of which that is not known is not empty.
  package static func size(of descriptor: Int32, at path: String) throws(FileFault) -> Int {
    Int(try status(of: descriptor, at: path).st_size)
  }

  private static func status(of descriptor: Int32, at path: String) throws(FileFault) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFault(path, .system(errno)) }
    return status
  }

  /// The next bytes of an open file, fewer at its end.
  ///
  /// - Throws: `FileFault` naming `path` where they cannot be read.
  package static func bytes(
    of descriptor: Int32, _ count: Int, at path: String
  ) throws(FileFault) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = read(descriptor, buffer.baseAddress.map { $0 + done }, count - done)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        done += got
      }
    }
    guard failure == 0 else { throw FileFault(path, .system(failure)) }
    return bytes
  }
}

/// What stands at a path.
package enum FileKind: String, Hashable, Sendable {
  case file = "a file"
  case folder = "a folder"
  case pipe = "a pipe"
  case socket = "a socket"
  case device = "a device"

  /// What stands there; `nil` where nothing does.
  package init?(at path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  fileprivate init?(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    case S_IFCHR, S_IFBLK: self = .device
    default: return nil
    }
  }
}
