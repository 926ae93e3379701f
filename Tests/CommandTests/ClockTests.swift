import CoppiceStore
import Foundation
import Testing

/// The library that gives a process a wall clock of its own, where it is installed.
private let clockLibrary: String? = [
  "/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib64/faketime",
  "/usr/lib/faketime",
].map { $0 + "/libfaketime.so.1" }.first { FileManager.default.fileExists(atPath: $0) }

/// A wall clock that jumps by hours while a sweep runs. Leases and durations rest on clocks that never go back.
@Suite struct ClockTests {
  @Test(.enabled(if: clockLibrary != nil, "libfaketime is missing"))
  func aClockThatJumpsChangesNothing() throws {
    let sweep = Sweeps.ladder(training: 100)
    let program = try Program()
    let stamp = program.folder.file("time")
    func jump(_ hours: String) throws {
      try Data("\(hours)h\n".utf8).write(to: URL(fileURLWithPath: stamp), options: .atomic)
    }
    try jump("+0")
    let start = ProcessInfo.processInfo.systemUptime
    // The library puts a variable into the environment, behind which a program in Swift does not find its arguments: let the shell be
    // the one it is put into.
    let running = try program.start(
      script: #"exec "$0" "$@""#, ["run", "--quiet", "--jobs", "1"] + sweep,
      environment: [
        "LD_PRELOAD": try #require(clockLibrary), "FAKETIME_TIMESTAMP_FILE": stamp,
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        "COPPICE_CHECKPOINT_SECONDS": "0.02",
      ])
    let jumps = ["+50", "-5", "+5", "-50"]
    var count = 0
    while running.process.isRunning {
      try jump(jumps[count % jumps.count])
      count += 1
      usleep(20_000)
    }
    let outcome = try running.outcome()
    let elapsed = ProcessInfo.processInfo.systemUptime - start
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(program.store.trials(of: "ladder").count == 3)
    for trial in program.store.trials(of: "ladder") {
      for row in try TrialFile(program.store.trial(trial, of: "ladder")).rows {
        #expect(
          (0...elapsed).contains(row[metric: .wallTime]), "\(trial): \(row[metric: .wallTime]) s")
      }
    }
    let entries = try Journal.entries(
      of: JournalEntry.self, in: program.store.journal(of: "ladder"))
    for entry in entries where entry.event == .stage {
      #expect((0...elapsed).contains(entry.seconds ?? -1), "\(entry)")
    }
    let alone = try Program()
    #expect(try alone.run(["run", "--quiet"] + sweep).status == 0)
    #expect(try program.digests(of: "ladder") == alone.digests(of: "ladder"))
    #expect(!program.store.stages.paths().contains { $0.hasSuffix(".lease") })
    withExtendedLifetime((program, alone)) {}
  }
}
