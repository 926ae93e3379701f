import Foundation

/// A program that may be installed.
struct Tool {
  /// Where it lies on the PATH; `nil` where it does not.
  let path: String?

  init(_ name: String) {
    let folders = (Environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    path = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
