import CoppiceTestSupport
import Foundation
import Testing

/// `make install` puts the program, its page and three completions where shells and man look, and `make uninstall` takes them away.
@Suite struct InstallTests {
  private static let files = [
    "bin/coppice", "share/bash-completion/completions/coppice",
    "share/fish/vendor_completions.d/coppice.fish",
    "share/man/man1/coppice.1", "share/zsh/site-functions/_coppice",
  ]

  @Test(.enabled(if: Python.run("make", ["--version"])?.status == 0, "make"))
  func everyFileComesAndGoes() throws {
    let program = try Program()
    let prefix = program.folder.file("a place")
    // The program is built already.
    func make(_ target: String) throws -> Python.Outcome {
      try #require(
        Python.run(
          "make",
          [
            "-C", Pages.root.path, target, "SWIFT=true", "COPPICE=\(program.executable.path)",
            "PREFIX=\(prefix)",
          ]))
    }
    let outcome = try make("install")
    try #require(outcome.status == 0, "\(outcome.output)")
    for file in Self.files {
      let size = try FileManager.default.attributesOfItem(atPath: "\(prefix)/\(file)")[.size] as? Int
      #expect((size ?? 0) > 1_000, "\(file)")
    }
    let version = try #require(Python.run("\(prefix)/bin/coppice", ["--version"])).output
    #expect(version.contains(try program.run(["--version"]).output.trimmingCharacters(in: .newlines)))
    // The file by which others cite is of this version.
    let citation = try String(contentsOf: Pages.root.appendingPathComponent("CITATION.cff"), encoding: .utf8)
    #expect(citation.contains("\nversion: \(try program.run(["--version"]).output)"))

    try #require(try make("uninstall").status == 0)
    for file in Self.files {
      #expect(!FileManager.default.fileExists(atPath: "\(prefix)/\(file)"), "\(file)")
    }
  }
}
