import CoppiceTerms
import Foundation

/// Replaces whole files so that a reader, or a crash at any moment, sees the old contents or the new and
/// nothing between.
package enum AtomicFile {
  /// What of a replacement lasts through a power cut. Through the end of the process, however it comes, all of it does.
  package enum Durability: Sendable {
    /// Nothing for sure: the file may be there cut off or with holes. For what is sealed and can be computed again.
    case process
    /// The contents: the file is there whole, or as it was before. `syncFolder` makes the new one last.
    case contents
    /// Contents and name.
    case everything
  }

  /// A name beside `path` that no other process or thread uses, on this machine or another that shares the folder: process
  /// numbers come again, in containers at once.
  package static func temporaryPath(for path: String) -> String {
    let random = String(UInt64.random(in: .min ... .max), radix: 16)
    return "\(path).tmp-\(getpid())-" + String(repeating: "0", count: 16 - random.count) + random
  }

  /// Writes `bytes` to a temporary file beside `path`, syncs it, renames it to `path` and syncs the folder, as far as
  /// `durability` asks for it. Folders that are missing are made, also where they are removed meanwhile. On failure the
  /// temporary file is removed and `path` is as it was.
  /// - Throws: `HDF5Error` naming the system call and its reason (no space, read-only, …).
  package static func replace(
    _ path: String, with bytes: UnsafeRawBufferPointer, durability: Durability = .everything
  ) throws(HDF5Error) {
    try replace(path, durability: durability) { (write: Writing) throws(HDF5Error) in try write(bytes) }
  }

  /// Adds bytes to the end of a file that is being written.
  package typealias Writing = (_ bytes: UnsafeRawBufferPointer) throws(HDF5Error) -> Void

  /// The same with contents that are written piece by piece, so that they need not lie in memory as a whole.
  /// - Parameter contents: writes all pieces. It is called again where the file has to be begun anew.
  package static func replace(
    _ path: String, durability: Durability = .everything,
    contents: (_ write: Writing) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    for _ in 1..<attempts {
      do { return try replaceOnce(path, durability: durability, contents) } catch {
        // Somebody removed the folder, or swept the temporary file in the moment between its closing and its renaming.
        guard error.systemError == ENOENT else { throw error }
      }
    }
    try replaceOnce(path, durability: durability, contents)
  }

  /// How often a file is written whose folder goes meanwhile.
  private static let attempts = 5

  private static func replaceOnce(
    _ path: String, durability: Durability, _ contents: (_ write: Writing) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try makeFolder(folder) }
    let temporary = temporaryPath(for: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw HDF5Error(systemCall: "open", file: path, errno: errno) }
    // For as long as it is locked, nobody takes it for what a dead process left, see `removeLeftovers`.
    flock(descriptor, LOCK_EX | LOCK_NB)
    var isInPlace = false
    defer { if !isInPlace { unlink(temporary) } }
    do throws(HDF5Error) {
      try contents { (bytes: UnsafeRawBufferPointer) throws(HDF5Error) in
        try append(bytes, to: descriptor, of: path)
      }
      if durability != .process, fsync(descriptor) != 0 {
        throw HDF5Error(systemCall: "fsync", file: path, errno: errno)
      }
    } catch {
      close(descriptor)
      throw error
    }
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else { throw HDF5Error(systemCall: "close", file: path, errno: errno) }
    guard rename(temporary, path) == 0 else {
      throw HDF5Error(systemCall: "rename", file: path, errno: errno)
    }
    isInPlace = true
    if durability == .everything { syncFolder(folder.isEmpty ? "." : folder) }
  }

  /// Waits until no other process holds a folder so, and holds it, for a change of one of its files that begins with reading it.
  ///
  /// - Returns: the descriptor that holds it, which is closed by whoever asks. Where the file system has no locks, nothing is held.
  /// - Throws: `HDF5Error` where the folder cannot be opened.
  package static func lockFolder(_ path: String) throws(HDF5Error) -> Int32 {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HDF5Error(systemCall: "open", file: path, errno: errno) }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    return descriptor
  }

  /// Makes a folder and the folders above it where they are missing, also where they are removed meanwhile.
  package static func makeFolder(_ path: String) throws(HDF5Error) {
    for _ in 1..<attempts {
      do { return try makeFolderOnce(path) } catch {
        guard error.systemError == ENOENT else { throw error }
      }
    }
    try makeFolderOnce(path)
  }

  private static func makeFolderOnce(_ path: String) throws(HDF5Error) {
    if mkdir(path, 0o777) == 0 { return }
    let code = errno
    if code == EEXIST { return try refuseOthers(path) }
    let parent = (path as NSString).deletingLastPathComponent
    guard code == ENOENT, !parent.isEmpty, parent != path else {
      throw HDF5Error(systemCall: "mkdir", file: path, errno: code)
    }
    try makeFolderOnce(parent)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw HDF5Error(systemCall: "mkdir", file: path, errno: errno)
    }
  }

  /// Refuses a path at which a file, a pipe or a device stands in the place of a folder.
  private static func refuseOthers(_ path: String) throws(HDF5Error) {
    if FileKind(at: path) == .folder { return }
    // A folder that somebody removed in this moment left nothing there, and a link that leads nowhere is there itself.
    var status = stat()
    guard lstat(path, &status) == 0 else { throw HDF5Error(systemCall: "mkdir", file: path, errno: errno) }
    if status.st_mode & S_IFMT == S_IFDIR { return }
    throw HDF5Error(systemCall: "mkdir", file: path, errno: ENOTDIR)
  }

  private static func append(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, of path: String
  ) throws(HDF5Error) {
    var done = 0
    while done < bytes.count {
      let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        throw HDF5Error(systemCall: "write", file: path, errno: written < 0 ? errno : ENOSPC)
      }
      done += written
    }
  }

  /// Makes the names of files last through a power cut. Some file systems cannot sync a folder; the contents are
  /// synced anyway.
  package static func syncFolder(_ path: String) {
    // What is no folder is not opened: a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
