import Foundation

extension AtomicFile {
  /// Keeps what is at `path` in another folder, as `<name>-<n>.<suffix>` with the first number that is free, so that a new file
  /// may take its place. A program that has the old one open goes on with that.
  ///
  /// A file that is not moved stays at `path` as well, where the file system has hard links, so that readers never find nothing
  /// there. What is kept already is not kept twice.
  /// - Returns: the path it is kept at.
  /// - Throws: `HDF5Error` where there is no such file or the folder cannot be written.
  package static func keep(_ path: String, in folder: String, moved isMoved: Bool) throws(HDF5Error) -> String
  {
    try makeFolder(folder)
    let name = (path as NSString).lastPathComponent as NSString
    let suffix = name.pathExtension.isEmpty ? "" : "." + name.pathExtension
    var number = 1
    while true {
      let kept = "\(folder)/\(name.deletingPathExtension)-\(number)\(suffix)"
      if link(path, kept) == 0 {
        if isMoved { unlink(path) }
        return kept
      }
      let code = errno
      if access(kept, F_OK) == 0 {
        if isOneFile(path, kept) { return kept }
        number += 1
      } else if [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(code) {
        guard rename(path, kept) == 0 else { throw HDF5Error(systemCall: "rename", file: path, errno: errno) }
        return kept
      } else {
        throw HDF5Error(systemCall: "link", file: path, errno: code)
      }
    }
  }

  private static func isOneFile(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// Whether another program has the file open for writing, told by the lock that libhdf5 takes then.
  package static func isHeldForWriting(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
