import Foundation

/// A program that may be installed.
package struct Tool {
  /// Where it lies on the PATH, of which only absolute folders count: the folder at hand may be anybody's; `nil` where it does not.
  package let path: String?

  /// Looks for a program by its name.
  package init(_ name: String) {
    let variable = ProcessInfo.processInfo.environment["PATH"]
    let folders = (variable.flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/local/bin:/usr/bin:/bin").split(
      separator: ":")
    path = folders.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
