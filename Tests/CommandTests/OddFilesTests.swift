import CoppiceHDF5
import CoppiceStore
import Foundation
import Testing

/// What stands in the place of files, and what stands in files, as no run leaves it.
@Suite struct OddFilesTests {
  /// A pipe, a folder and a device where a file should be: every command that reads says so at once and waits for nobody.
  @Test(.timeLimit(.minutes(5))) func nothingButFilesIsRead() throws {
    let program = try Program()
    let pipe = program.folder.file("pipe.h5")
    #expect(mkfifo(pipe, 0o600) == 0)
    let folder = program.folder.file("folder.h5")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (path, kind) in [(pipe, "a pipe"), (folder, "a folder"), ("/dev/zero", "a device")] {
      for command in [
        ["table", path], ["plot", path], ["plot", path, "--series", "loss"], ["show", path],
        ["bench", "lenet-5", "--only", "inference", "--against", path],
      ] {
        if kind == "a folder", command.contains("show") || command.contains("--series") { continue }
        let outcome = try program.run(command)
        #expect(outcome.status == 65, "\(command): \(outcome.status) \(outcome.errors)")
        #expect(
          outcome.errors.contains("it is \(kind), and nothing but files is read"),
          "\(command): \(outcome.errors)")
      }
    }
    for (path, kind) in [(pipe, "a pipe"), ("/dev/null", "a device")] {
      for command in [["status"], ["run"] + Sweeps.tiny, ["clean"], ["show", "x"]] {
        let outcome = try program.run(command + ["--results", path])
        #expect(outcome.status == 64, "\(command): \(outcome.status) \(outcome.errors)")
        #expect(outcome.errors.contains("--results takes the path of a folder, and \(path) is \(kind)"))
      }
      let figure = try program.run(["plot", path, "-o", path])
      #expect(figure.status != 0 && FileManager.default.fileExists(atPath: path))
    }
  }

  /// Among results: what can be computed again is, and the journal is needed.
  @Test(.timeLimit(.minutes(5))) func pipesAmongResults() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let store = program.store
    let expected = try program.digests(of: "tiny")
    let trial = store.trial(try #require(store.trials(of: "tiny").first), of: "tiny")
    let stages = store.stages.paths().prefix(5)
    for path in [trial] + stages {
      #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
    }
    #expect(try program.run(["status", "tiny"]).status == 0)
    let run = try program.run(["run", "--quiet"] + Sweeps.tiny)
    #expect(
      run.status == 0 && run.errors.contains("set aside: \(trial): wrong kind of file"), "\(run.errors)")
    #expect(try program.digests(of: "tiny") == expected)
    let journal = store.journal(of: "tiny")
    #expect(unlink(journal) == 0 && mkfifo(journal, 0o600) == 0)
    for command in [["run", "--quiet"] + Sweeps.tiny, ["status", "tiny"]] {
      let outcome = try program.run(command)
      #expect(outcome.status == 65, "\(command): \(outcome.status)")
      #expect(outcome.errors.contains("\(journal): wrong kind of file: it is a pipe"), "\(outcome.errors)")
    }
  }

  /// Whoever sends a file may not rule the terminal of whoever looks at it.
  @Test func controlCharactersAreShownAndNotSent() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let escape = "\u{1B}]0;renamed\u{7}\u{1B}[2J\u{9B}31m"
    let path = program.store.trial(try #require(program.store.trials(of: "tiny").first), of: "tiny")
    var record = try TrialFile(path).record()
    record.configuration = #"{"model": "\u001b]0;renamed\u0007\u001b[2J\u009b31m"}"#
    record.trial = "t" + escape
    try TrialFile.write(record, to: program.folder.file("odd.h5"))
    let summary = program.store.summary(of: "tiny")
    var stored = try SummaryFile.read(summary)
    for index in stored.rows.indices { stored.rows[index].criterion += escape }
    try SummaryFile.write(stored, to: program.folder.file("odd-summary.h5"), replacing: true)
    let odd = program.folder.file("odd-summary.h5")
    for command in [
      ["show", program.folder.file("odd.h5")], ["show", "--json", program.folder.file("odd.h5")],
      ["table", odd], ["table", odd, "--rows"], ["table", odd, "--json"],
      ["table", odd, "--format", "markdown"],
      ["plot", odd], ["run", escape], ["status", escape], ["show", escape], ["list", escape], [escape],
      ["table", odd, "--where", "criterion=\(escape)"], ["run", "quickstart", "--set", "model=\(escape)"],
      ["data", "fetch", escape], ["bench", "--against", escape], ["plan", "quickstart", "--\(escape)"],
    ] {
      let outcome = try program.run(command)
      for text in [outcome.output, outcome.errors] {
        let sent = text.unicodeScalars.filter {
          ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
        }
        #expect(sent.isEmpty, "\(command.prefix(2)): \(sent.count)")
      }
      if command.contains("--json") { _ = try object(outcome.output) }
    }
    let shown = try program.run(["show", program.folder.file("odd.h5")]).output
    #expect(shown.hasPrefix(#"t\u{1B}]0;renamed\u{7}\u{1B}[2J\u{9B}31m: completed"#))
  }
}
