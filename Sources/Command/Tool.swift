import Foundation

/// A program that may be installed.
struct Tool {
  /// Where it lies on the PATH, of which only absolute folders count: the folder at hand may be anybody's; `nil` where it does not.
  let path: String?

  init(_ name: String) {
    let folders = (Environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    path = folders.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
