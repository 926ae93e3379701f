import Foundation

/// A Python interpreter for tests that other programs read our files: `$COPPICE_PYTHON`, else `python3` on the PATH.
package enum Python {
  /// What a program printed and how it ended.
  package struct Outcome: Sendable {
    package let status: Int32
    package let output: String
  }

  /// The interpreter that has all these modules, or `nil`.
  package static func interpreter(with modules: [String]) -> String? {
    let named = ProcessInfo.processInfo.environment["COPPICE_PYTHON"].map { [$0] } ?? []
    return (named + ["python3"]).first {
      run($0, ["-c", "import " + modules.joined(separator: ", ")])?.status == 0
    }
  }

  /// Runs a program found on the PATH, or `nil` where there is none. Standard error is part of the output.
  package static func run(_ program: String, _ arguments: [String]) -> Outcome? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 { return nil }
    return Outcome(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
  }
}
