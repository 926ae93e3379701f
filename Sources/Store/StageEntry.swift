import Foundation

/// A file in a folder of stages that a run has written, as its name and the system tell of it. It is not opened.
package struct StageEntry: Hashable, Sendable {
  /// What it holds.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case outputs = ".h5"
    case checkpoint = ".checkpoint.h5"
    case lease = ".lease"
  }

  /// The key of the stage, hexadecimal.
  package let key: String
  package let kind: Kind
  package let path: String
  package let bytes: Int
  /// When it was written or last read (`StageFolder.read`), in seconds since 1970.
  package let time: Double
  /// Whether it is a plain file, and so one that a run has written.
  let isFile: Bool

  /// What the system says of a file; `nil` where it is gone, or has a name of no stage.
  init?(_ name: String, in folder: String, below root: String) {
    guard let kind = Self.kind(name, in: folder) else { return nil }
    let path = "\(root)/\(folder)/\(name)"
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    (key, self.kind, self.path, bytes) = (String(name.prefix(64)), kind, path, Int(status.st_size))
    time = status.modified
    isFile = status.st_mode & S_IFMT == S_IFREG
  }

  /// What a name says: `<key>.h5`, `<key>.checkpoint.h5` or `<key>.lease`, in the folder of the key's first two digits.
  static func kind(_ name: String, in folder: String) -> Kind? {
    let bytes = name.utf8
    guard let end = bytes.index(bytes.startIndex, offsetBy: 64, limitedBy: bytes.endIndex),
      bytes[..<end].allSatisfy(OwnFiles.isDigit), bytes.starts(with: folder.utf8)
    else { return nil }
    return Kind.allCases.first { $0.rawValue.utf8.elementsEqual(bytes[end...]) }
  }
}

extension stat {
  /// When the contents were last changed, in seconds since 1970.
  var modified: Double {
    #if canImport(Darwin)
      let time = st_mtimespec
    #else
      let time = st_mtim
    #endif
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
