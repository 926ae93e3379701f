import CoppiceHDF5
import Foundation

/// Files that runs write, told by their names and kinds, so that nothing else is ever removed, and nothing that a link leads to.
enum OwnFiles {
  /// The first two digits of a key.
  static func isStageFolder(_ name: String) -> Bool { name.utf8.count == 2 && name.utf8.allSatisfy(isDigit) }

  /// `<label>-seed<number>-<eight digits of the key>.h5`.
  static func isTrial(_ name: String) -> Bool {
    name.wholeMatch(of: #/.+-seed-?[0-9]+-[0-9a-f]{8}\.h5/#) != nil
  }

  /// `<name>-<number>.h5`, as `AtomicFile.keep` calls what it keeps.
  static func isSetAside(_ name: String) -> Bool { name.wholeMatch(of: #/.+-[0-9]+\.h5/#) != nil }

  /// Whether a byte is a digit of a key.
  static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
  }

  /// The names in a folder below `root`, sorted; none where a part of the way to it is a link.
  static func names(in folder: [String], below root: String) -> [String] {
    var path = root
    for part in folder {
      path += "/\(part)"
      guard kind(of: path) == S_IFDIR else { return [] }
    }
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// What a path leads to, links not followed; `nil` where there is nothing.
  static func kind(of path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Removes a file, a link or an empty folder below `root`. The way to it is gone again from folder to folder, so that a link that
  /// takes the place of one meanwhile leads nowhere.
  ///
  /// - Returns: 0 where it is gone, else the reason.
  static func remove(_ path: String, below root: String) -> Int32 {
    let slash = UInt8(ascii: "/")
    guard path.utf8.starts(with: [UInt8](root.utf8) + [slash]) else { return EXDEV }
    var parts = path.utf8.dropFirst(root.utf8.count).split(separator: slash).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard !parts.contains(".."), let name = parts.popLast() else { return EXDEV }
    var folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for part in parts where folder >= 0 {
      let inner = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let code = errno
      close(folder)
      (folder, errno) = (inner, code)
    }
    guard folder >= 0 else { return errno == ENOENT ? 0 : errno }
    defer { close(folder) }
    if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return 0 }
    let code = errno
    guard [EISDIR, EPERM].contains(code) else { return code }
    return unlinkat(folder, name, AT_REMOVEDIR) == 0 ? 0 : errno == ENOTDIR ? code : errno
  }
}
