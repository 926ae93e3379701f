import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice watch`.
@Suite struct WatchTests {
  private func append(
    _ program: Program, _ event: JournalEntry.Event, _ fill: (inout JournalEntry) -> Void = { _ in }
  ) throws {
    var entry = JournalEntry(
      time: Date().timeIntervalSince1970, event: event, process: ProcessInfo.processInfo.processIdentifier)
    entry.host = ProcessInfo.processInfo.hostName
    fill(&entry)
    try Journal(program.store.journal(of: "tiny")).append(entry)
  }

  @Test func aFinishedRunIsToldOnce() throws {
    let program = try Sweeps.finished.get()
    for options in [["--once"], []] {
      let outcome = try program.run(["watch", "tiny"] + options)
      #expect(outcome.status == 0)
      #expect(
        outcome.output.hasPrefix("tiny: 21 of 21 trials done, 0 left; no run is at work"), "\(outcome.output)"
      )
      #expect(!outcome.output.contains("\u{1B}"))
    }
    let once = try program.run(["watch", "tiny", "--once"]).output
    #expect(
      once.contains("21/21 trials  100 %") && once.contains("done last\n") && once.contains("  completed  "))
    let json = try object(try program.run(["watch", "tiny", "--once", "--json"]).output)
    #expect(
      json["schema_version"] as? Int == 1 && json["done"] as? Int == 21
        && (json["finished"] as? [Any])?.count == 21)
  }

  @Test func whatHappensIsToldUntilTheEnd() throws {
    let program = try Program(copying: try Sweeps.finished.get())
    try append(program, .began) { $0.trials = 23 }
    try append(program, .progress) {
      ($0.trial, $0.stage, $0.step, $0.total, $0.loss) = ("new\u{1B}[2J", "5a", 5, 10, 0.25)
    }
    let watching = try program.start(["watch", "tiny", "--every", "0.1"])
    usleep(600_000)
    try append(program, .trial) { ($0.trial, $0.status, $0.accuracy) = ("new", "completed", 0.5) }
    try append(program, .failed) { ($0.trial, $0.message) = ("other", "disk full") }
    usleep(600_000)
    #expect(watching.process.isRunning)
    try append(program, .ended)
    let outcome = try watching.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(
      lines.first?.hasPrefix("tiny: 21 of 23 trials done, 2 left; 1 stage at work") == true,
      "\(outcome.output)")
    #expect(lines.contains("  new  completed  50.00 %") && lines.contains("  failed: other: disk full"))
    #expect(lines.last?.hasPrefix("tiny: 22 of 23 trials done, 1 failed, 1 left; no run is at work") == true)
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aSignalEndsItQuietly(number: Int32) throws {
    let program = try Program(copying: try Sweeps.finished.get())
    let watching = try program.start(["watch", "tiny", "--wait", "--every", "60"])
    try append(program, .began) { $0.trials = 23 }
    usleep(700_000)
    kill(watching.process.processIdentifier, number)
    let outcome = try watching.outcome()
    // Where nothing is left to wait for it has ended before.
    #expect(outcome.status == 0)
  }

  /// On a terminal, given by `script`: it is drawn over, q ends it, and the terminal is left as it was.
  @Test(.enabled(if: Python.interpreter(with: ["pty", "termios"]) != nil, "Python"))
  func aTerminalIsDrawnOver() throws {
    let program = try Program(copying: try Sweeps.finished.get())
    try append(program, .began) { $0.trials = 23 }
    try append(program, .progress) {
      ($0.trial, $0.stage, $0.step, $0.total, $0.loss) = ("new", "5a", 5, 10, 0.25)
    }
    let python = try #require(Python.interpreter(with: ["pty", "termios"]))
    for (key, environment, isLive, isColored) in [
      ("q", "{}", true, true), ("\\x03", "{}", true, true), ("q", "{'NO_COLOR': '1'}", true, false),
      ("\\x03", "{'TERM': 'dumb'}", false, false),
    ] {
      let script = """
        import os, pty, select, sys, termios, time
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update({'TERM': 'xterm', 'COPPICE_RESULTS': \(quoted(program.results))})
            os.environ.pop('NO_COLOR', None)
            os.environ.update(\(environment))
            os.execv(\(quoted(program.executable.path)), ['coppice', 'watch', 'tiny', '--every', '0.2'])
        before, text, start, sent = termios.tcgetattr(terminal)[3], b'', time.time(), False
        while time.time() - start < 20:
            if not sent and b'at work' in text and time.time() - start > 1:
                os.write(terminal, b'\(key)')
                sent = True
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    part = os.read(terminal, 65536)
                except OSError:
                    break
                if not part:
                    break
                text += part
        sys.stdout.write(text.decode(errors='replace'))
        print('ended', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
      let outcome = try #require(Python.run(python, ["-c", script]))
      let text = outcome.output
      #expect(text.hasSuffix("ended 0\n"), "\(text)")
      #expect(
        text.contains("\u{1B}[?1049h") == isLive && text.contains("\u{1B}[?1049l") == isLive, "\(environment)"
      )
      #expect(text.contains("\u{1B}[1m") == isColored, "\(environment)")
      #expect(text.contains("tiny: 21 of 23 trials done, 2 left"))
    }
  }

  private func quoted(_ text: String) -> String { "'\(text)'" }

  @Test func faultsHaveTheirExitCodes() throws {
    let program = try Sweeps.finished.get()
    for (options, words) in [
      (["tinny"], "did you mean \"tiny\"?"),
      (["tiny", "--every", "0"], "--every takes seconds from 0.1 to 86400, not 0.0"),
      (["tiny", "--json"], "give --once too"), (["tiny", "--once", "--wait"], "take one of them"),
    ] {
      let outcome = try program.run(["watch"] + options)
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(options): \(outcome.errors)")
    }
    let none = try program.run(["watch", "quickstart", "--once"])
    #expect(none.status == 0 && none.output.hasPrefix("quickstart: 0 trials done; no run is at work"))
  }
}
