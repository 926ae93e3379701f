import Coppice
import CoppiceTestSupport
import Foundation
import Testing

/// The manual page says what every command says of itself, and programs for such pages read it.
@Suite struct ManPageTests {
  private static let page: Result<String, any Error> = Result {
    let outcome = try Program().run(["man"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL

  @Test func itHasEverySectionCommandAndOption() throws {
    let page = try Self.page.get()
    for section in [
      "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO",
    ] {
      #expect(page.contains("\n.SH \(section)\n"))
    }
    let dump = try object(try Program().run(["--experimental-dump-help"]).output)
    let command = try #require(dump["command"] as? [String: Any])
    let commands = try #require(command["subcommands"] as? [[String: Any]])
    #expect(commands.count > 20)
    for command in commands where command["commandName"] as? String != "help" {
      let name = try #require(command["commandName"] as? String)
      let isShown = command["shouldDisplay"] as? Bool != false
      #expect(page.contains("\n.SS coppice \(name.replacing("-", with: "\\-"))\n") == isShown, "\(name)")
      guard isShown else { continue }
      for argument in command["arguments"] as? [[String: Any]] ?? [] {
        for option in argument["names"] as? [[String: String]] ?? [] where option["kind"] == "long" {
          let word = try #require(option["name"])
          guard !["help", "version"].contains(word) else { continue }
          #expect(page.contains("\\fB\\-\\-\(word.replacing("-", with: "\\-"))\\fR"), "\(name) --\(word)")
        }
      }
    }
    #expect(!page.contains(".SS coppice man\n") && !page.contains(".SS coppice help\n"))
    #expect(page.contains("\n.SS coppice data fetch\n"))
  }

  /// Every exit code, and every variable that the sources read.
  @Test func itNamesExitCodesAndVariables() throws {
    let page = try Self.page.get()
    for code in [0] + FailureCode.allCases.map(\.rawValue) {
      #expect(page.contains("\n.TP\n\\fB\(code)\\fR\n"), "\(code)")
    }
    // What a process tells its own child is nobody else's.
    let inner: Set = ["COPPICE_CONTAINED"]
    let sources = Self.root.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var names: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: #/COPPICE_[A-Z]+(_[A-Z]+)*/#) { names.insert(String(match.0)) }
    }
    #expect(names.count > 6)
    for name in names.subtracting(inner) { #expect(page.contains("\n\\fB\(name)\\fR\n"), "\(name)") }
  }

  @Test func itIsTheSameEveryTimeAndASCII() throws {
    let page = try Self.page.get()
    #expect(try Program().run(["man"]).output == page)
    #expect(page.utf8.allSatisfy { $0 < 128 })
  }

  /// No error and no warning, but for the date, which a page that is the same every time has not.
  @Test(.enabled(if: Python.run("mandoc", ["-T", "lint", "/dev/null"]) != nil, "mandoc"))
  func mandocFindsNothingWrong() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("coppice.1")
    try Self.page.get().write(toFile: file, atomically: true, encoding: .utf8)
    let outcome = try #require(Python.run("mandoc", ["-T", "lint", "-W", "warning", file]))
    let lines = outcome.output.split(separator: "\n").filter { !$0.contains("missing date") }
    #expect(lines.isEmpty, "\(outcome.output.prefix(2_000))")
    let shown = try #require(Python.run("mandoc", ["-T", "utf8", file]))
    #expect(shown.output.contains("method × ratio × schedule"))
  }

  @Test(.enabled(if: Python.run("groff", ["--version"]) != nil, "groff"))
  func groffFindsNothingWrong() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("coppice.1")
    try Self.page.get().write(toFile: file, atomically: true, encoding: .utf8)
    let outcome = try #require(Python.run("groff", ["-ww", "-man", "-z", "-T", "utf8", file]))
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.output.prefix(2_000))")
  }
}
