import CoppiceStore
import Foundation
import Testing

/// Long enough that the process is caught in the middle of a training.
@Suite(.serialized) struct InterruptionTests {
  private static let sweep = Sweeps.ladder(training: 600, model: "mlp(widths: [100])")
  private static let checkpoints = ["COPPICE_CHECKPOINT_SECONDS": "0.05"]

  private static let undisturbed = Result { () throws -> [String: UInt64] in
    let program = try Program()
    try #require(try program.run(["run", "--quiet", "--jobs", "2"] + sweep).status == 0)
    return try program.digests(of: "ladder")
  }

  /// Waits for the run to be at work in its stages.
  private func waitForStages(_ program: Program, files: Int) {
    let deadline = Date(timeIntervalSinceNow: 20)
    while program.store.stages.paths().count < files, Date() < deadline { usleep(2_000) }
  }

  @Test func anInterruptedRunEndsWithItsCodeAndGoesOn() throws {
    let program = try Program()
    let running = try program.start(["run", "--jobs", "2"] + Self.sweep, environment: Self.checkpoints)
    waitForStages(program, files: 1)
    running.process.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("interrupted after a checkpoint; the same command goes on from there"))
    let status = try program.run(["status", "ladder"])
    #expect(status.output.contains(" left"))
    let again = try program.run(["run", "--jobs", "2"] + Self.sweep, environment: Self.checkpoints)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try program.digests(of: "ladder") == Self.undisturbed.get())
  }

  /// As Ctrl-C does: what a terminal that goes away sends, what `kill` sends, and what a limit of processor time sends.
  @Test(arguments: [SIGHUP, SIGTERM, SIGXCPU]) func otherSignalsAskForAnEndToo(number: Int32) throws {
    let program = try Program()
    // A SIGHUP that whoever runs these tests ignores would be ignored by the program too.
    signal(SIGHUP, SIG_DFL)
    let running = try program.start(["run", "--jobs", "2"] + Self.sweep, environment: Self.checkpoints)
    waitForStages(program, files: 1)
    // To the process and to its group, as a shell may: that is still one wish.
    for _ in 0..<2 {
      kill(running.process.processIdentifier, number)
      usleep(1_000)
    }
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("interrupted after a checkpoint; the same command goes on from there"))
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    let program = try Program()
    let running = try program.start(
      ["run", "--jobs", "1"] + Sweeps.ladder(training: 100_000), environment: Self.checkpoints)
    waitForStages(program, files: 1)
    // Where a checkpoint cannot be written for want of time, the second must be heard; here it may come too late.
    kill(running.process.processIdentifier, SIGTERM)
    usleep(700_000)
    kill(running.process.processIdentifier, SIGTERM)
    #expect(try running.outcome().status == 130)
  }

  @Test func nohupKeepsARunFromSIGHUP() throws {
    let program = try Program()
    let running = try program.start(
      script: #"trap '' HUP; exec "$0" "$@""#, ["run"] + Sweeps.ladder(training: 100))
    waitForStages(program, files: 1)
    kill(running.process.processIdentifier, SIGHUP)
    let outcome = try running.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func aRunKilledAtAnyMomentEndsWithTheSameBits() throws {
    let program = try Program()
    var delays = SystemRandomNumberGenerator()
    var killed = 0
    for attempt in 0..<6 {
      let running = try program.start(["run", "--jobs", "2"] + Self.sweep, environment: Self.checkpoints)
      waitForStages(program, files: attempt)
      usleep(UInt32.random(in: 1_000...200_000, using: &delays))
      kill(running.process.processIdentifier, SIGKILL)
      if try running.outcome().status == -SIGKILL { killed += 1 }
      // Nothing that can be seen is half-written.
      for path in program.store.trials(of: "ladder").map({ program.store.trial($0, of: "ladder") }) {
        _ = try TrialFile(path).record()
      }
    }
    #expect(killed > 0)
    let last = try program.run(["run"] + Self.sweep, environment: Self.checkpoints)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try program.digests(of: "ladder") == Self.undisturbed.get())
  }

  /// Sweeps in which masks move while they are trained, and in which what is pruned is cut out of the network. Tests/Torture kills
  /// them a hundred times.
  @Test(arguments: [Sweeps.dynamic, Sweeps.compacted])
  func movingMasksAndSmallerNetworksEndWithTheSameBits(sweep: [String]) throws {
    let (program, alone) = (try Program(), try Program())
    #expect(try alone.run(["run", "--quiet", "--jobs", "1"] + sweep).status == 0)
    let name = try #require(sweep.last)
    var killed = 0
    for attempt in 1...4 {
      let running = try program.start(
        ["run", "--quiet", "--jobs", "1"] + sweep, environment: Self.checkpoints)
      waitForStages(program, files: 2 * attempt)
      usleep(UInt32.random(in: 1_000...60_000))
      kill(running.process.processIdentifier, SIGKILL)
      if try running.outcome().status == -SIGKILL { killed += 1 }
      for path in program.store.stages.paths() where path.hasSuffix(".h5") { _ = try StageFile.read(path) }
    }
    #expect(killed > 0)
    let last = try program.run(["run", "--quiet"] + sweep)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try program.digests(of: name) == alone.digests(of: name))
    withExtendedLifetime((program, alone)) {}
  }

  @Test func aFreshRunThatIsInterruptedLosesNothing() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let before = try Data(contentsOf: URL(fileURLWithPath: program.store.summary(of: "tiny")))
    let running = try program.start(["run", "--fresh", "--jobs", "1"] + Sweeps.tiny)
    let journal = program.store.journal(of: "tiny")
    let deadline = Date(timeIntervalSinceNow: 20)
    while try Journal.entries(of: Entry.self, in: journal).count(where: { $0.event == "began" }) < 2,
      Date() < deadline
    {
      usleep(500)
    }
    running.process.interrupt()
    let outcome = try running.outcome()
    // A fast machine may have finished.
    guard outcome.status != 0 else { return }
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("the summary is as it was"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: program.store.summary(of: "tiny"))) == before)
  }

  private struct Entry: Decodable { let event: String }
}
