import CoppiceTestSupport
import Foundation
import Testing

/// The completion scripts are scripts: each shell that is installed reads its own, and they know every command.
@Suite struct CompletionScriptTests {
  @Test(arguments: ["bash", "zsh", "fish"])
  func itsShellReadsIt(shell: String) throws {
    let program = try Program()
    let outcome = try program.run(["--generate-completion-script", shell])
    try #require(outcome.status == 0, "\(outcome.errors)")
    for command in ["notebook", "run", "advise"] { #expect(outcome.output.contains(command), "\(command)") }
    let file = program.folder.file("script.\(shell)")
    try outcome.output.write(toFile: file, atomically: true, encoding: .utf8)
    // A shell that is not here is not asked; its script is read wherever it is.
    guard let read = Python.run(shell, ["-n", file]) else { return }
    #expect(read.status == 0, "\(read.output)")
    #expect(read.output.isEmpty, "\(read.output)")
  }
}
