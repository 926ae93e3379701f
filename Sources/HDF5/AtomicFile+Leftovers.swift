import Foundation

extension AtomicFile {
  /// Temporary files in a folder that no process writes any more: those of processes that were killed in the middle of a write.
  ///
  /// A writer locks its file, and the system takes the lock from the dead, in this container or another. Where files cannot be
  /// locked, and for names of earlier versions, which locked nothing, age decides.
  /// - Parameter age: seconds since the last write after which an unlocked file is of a dead process where locks do not tell.
  package static func leftovers(in folder: String, olderThan age: Double = 3600) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return leftovers(in: folder, among: names, olderThan: age)
  }

  /// The same of a folder that has been read: those among its names.
  package static func leftovers(in folder: String, among names: [String], olderThan age: Double) -> [String] {
    // Of another name, a file is somebody's own.
    names.sorted().compactMap { name in
      guard let kind = Kind(name) else { return nil }
      let path = "\(folder)/\(name)"
      return isLeft(path, kind, age) ? path : nil
    }
  }

  /// The name of the file that a temporary file was to become; `nil` for names of no temporary file.
  package static func target(ofTemporary name: String) -> String? {
    guard Kind(name) != nil, let mark = name.range(of: mark, options: .backwards) else { return nil }
    return String(name[..<mark.lowerBound])
  }

  private static let mark = ".tmp-"

  /// Removes the leftovers in a folder and gives those that are gone.
  @discardableResult
  package static func removeLeftovers(in folder: String, olderThan age: Double = 3600) -> [String] {
    leftovers(in: folder, olderThan: age).filter { unlink($0) == 0 }
  }

  /// How a temporary file is named.
  private enum Kind {
    /// `….tmp-<process>-<16 hexadecimal digits>`, locked while it is written.
    case locked
    /// `<name>.<ending>.tmp-<process>-<count>`, as earlier versions named them, with an ending of theirs.
    case counted

    private static let formerEndings = [".h5", ".lease", ".svg", ".png", ".pdf"]

    init?(_ name: String) {
      guard let mark = name.range(of: AtomicFile.mark, options: .backwards) else { return nil }
      let parts = name[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ ("0"..."9").contains($0) }) else {
        return nil
      }
      if parts[1].utf8.count == 16, parts[1].allSatisfy(\.isHexDigit) {
        self = .locked
      } else if !parts[1].isEmpty, parts[1].allSatisfy({ ("0"..."9").contains($0) }),
        Self.formerEndings.contains(where: name[..<mark.lowerBound].hasSuffix)
      {
        self = .counted
      } else {
        return nil
      }
    }
  }

  private static func isLeft(_ path: String, _ kind: Kind, _ age: Double) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      // Locked means alive. Any other answer means that this file system has no locks.
      if errno == EWOULDBLOCK { return false }
    } else if kind == .locked {
      return true
    }
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    return Date().timeIntervalSince1970 - Double(changed.tv_sec) >= age
  }
}
