import CoppiceStore
import Foundation
import Testing

/// Standard streams that are closed, or that nobody reads any more.
@Suite struct StreamsTests {
  /// Runs a script and gives what it wrote to the file `rc`, the exit code of the program in the midst of a pipe.
  private func code(
    _ program: Program, _ script: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: String, errors: String) {
    let outcome = try program.start(script: script, arguments, environment: environment).outcome()
    let code = try String(contentsOfFile: program.folder.file("rc"), encoding: .utf8)
    return (code.trimmingCharacters(in: .whitespacesAndNewlines), outcome.errors)
  }

  /// `true` is gone before the program begins.
  private static let unread = #"{ sleep 0.3; "$0" "$@"; echo $? > rc; } | true"#

  @Test func aRunWhoseReaderHasGoneComesToItsEnd() throws {
    let program = try Program()
    let script = #"{ sleep 0.3; "$0" "$@" 2>&1; echo $? > rc; } | true"#
    #expect(try code(program, script, ["run"] + Sweeps.ladder(training: 20)).code == "0")
    #expect(program.store.trials(of: "ladder").count == 3)
    #expect(try SummaryFile.read(program.store.summary(of: "ladder")).rows.count == 7)
    #expect(FileManager.default.fileExists(atPath: program.results + "/ladder/accuracy.svg"))
    // Its code says how it went, as ever.
    #expect(try code(program, script, ["run", "--set", "modle=x"] + Sweeps.tiny).code == "64")
  }

  @Test func aRunInFrontOfHeadComesToItsEnd() throws {
    let program = try Program()
    let script = #"{ "$0" "$@" 2>&1; echo $? > rc; } | head -n 2"#
    #expect(try code(program, script, ["run"] + Sweeps.ladder(training: 20)).code == "0")
    #expect(program.store.trials(of: "ladder").count == 3)
  }

  /// As other tools do: quietly, by SIGPIPE.
  @Test func aCommandThatReadsEndsWithItsReader() throws {
    let program = try Program(copying: Sweeps.finished.get())
    for command in [["table", "tiny"], ["status"], ["list", "models"], ["show", "--foreign"], ["clean"]] {
      var command = command
      if command[0] == "show" { command.insert(program.store.trials(of: "tiny")[0], at: 1) }
      for prefix in ["", "trap '' PIPE; "] {
        let (code, errors) = try code(program, prefix + Self.unread, command)
        #expect(code == "141", "\(command): \(errors)")
        #expect(errors.split(separator: "\n").allSatisfy { $0.contains("debug build") }, "\(errors)")
      }
    }
  }

  @Test func wordsForAClosedStreamGoNowhere() throws {
    let program = try Program()
    for closing in ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
      let script = #""$0" "$@" "# + closing + "; echo $? > rc"
      #expect(try code(program, script, ["run", "--fresh"] + Sweeps.ladder(training: 20)).code == "0")
      let journal = try String(contentsOfFile: program.store.journal(of: "ladder"), encoding: .utf8)
      let lines = journal.split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines { #expect(try object(String(line))["event"] != nil, "\(closing): \(line)") }
      for trial in program.store.trials(of: "ladder") {
        _ = try TrialFile(program.store.trial(trial, of: "ladder")).record()
      }
    }
  }
}
