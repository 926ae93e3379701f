import CoppiceStore
import Foundation
import Testing

/// Several processes on one folder of results.
@Suite(.serialized) struct SharedFolderTests {
  private static let sweep = Sweeps.ladder(training: 600, model: "mlp(widths: [100])") + ["--jobs", "1"]

  @Test func twoProcessesTrainEachStageOnce() throws {
    let program = try Program()
    let first = try program.start(["run"] + Self.sweep)
    let deadline = Date(timeIntervalSinceNow: 20)
    while program.store.stages.holders.isEmpty, Date() < deadline { usleep(2_000) }
    let second = try program.start(["run"] + Self.sweep)
    // A stage that is computed twice is written twice: another file under its name.
    var versions: [String: Set<String>] = [:]
    while first.process.isRunning || second.process.isRunning {
      for path in program.store.stages.paths()
      where path.hasSuffix(".h5") && !path.hasSuffix(".checkpoint.h5") {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let number = attributes?[.systemFileNumber] as? Int,
          let date = attributes?[.modificationDate] as? Date
        else { continue }
        versions[path, default: []].insert("\(number) \(date.timeIntervalSince1970)")
      }
      usleep(1_000)
    }
    #expect(versions.count > 5)
    #expect(versions.allSatisfy { $0.value.count == 1 }, "\(versions)")
    let outcomes = [try first.outcome(), try second.outcome()]
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
    #expect(
      outcomes[1].errors.contains(
        "another run is at work here (process \(first.process.processIdentifier) on "),
      "\(outcomes[1].errors)")
    let alone = try Program()
    #expect(try alone.run(["run", "--quiet"] + Self.sweep).status == 0)
    #expect(try program.digests(of: "ladder") == alone.digests(of: "ladder"))
    #expect(!program.store.stages.paths().contains { $0.hasSuffix(".lease") })
  }

  @Test func whatAKilledProcessHeldIsTakenOverAtOnce() throws {
    let program = try Program()
    let first = try program.start(["run"] + Self.sweep)
    let deadline = Date(timeIntervalSinceNow: 20)
    while program.store.stages.holders.isEmpty, Date() < deadline { usleep(1_000) }
    // While it lives, nothing is cleaned.
    let refused = try program.run(["clean", "--stages"])
    kill(first.process.processIdentifier, SIGKILL)
    guard try first.outcome().status == -SIGKILL else { return }
    #expect(refused.status == 75, "\(refused.output)")
    #expect(refused.errors.contains("process \(first.process.processIdentifier)"))
    let start = Date()
    let second = try program.run(["run"] + Self.sweep)
    #expect(second.status == 0, "\(second.errors)")
    #expect(!second.errors.contains("another run"))
    #expect(Date().timeIntervalSince(start) < 45)
    #expect(!program.store.stages.paths().contains { $0.hasSuffix(".lease") })
  }

  /// Whether a run lives, its lease says, and not the number of its process, which comes again.
  @Test func aJournalWhoseProcessNumberLivesAgainHindersNothing() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let journal = try Journal(program.store.journal(of: "tiny"))
    // That of the tests, which live.
    try journal.append(
      JournalEntry(time: 1e9, event: .began, trials: 21, process: ProcessInfo.processInfo.processIdentifier))
    let status = try program.run(["status", "tiny"])
    #expect(status.status == 0 && !status.output.contains("running"), "\(status.output)")
    let json = try object(try program.run(["status", "tiny", "--json"]).output)
    let state = try #require((json["experiments"] as? [[String: Any]])?.first)
    #expect(state["process"] is NSNull && state["host"] is NSNull)
    let clean = try program.run(["clean", "--stages"])
    #expect(clean.status == 0, "\(clean.errors)")
    #expect(program.store.stages.paths().isEmpty)
  }

  @Test func statusTellsOfARunForAsLongAsItLives() throws {
    let program = try Program()
    let first = try program.start(["run"] + Sweeps.ladder(training: 100_000))
    let deadline = Date(timeIntervalSinceNow: 20)
    while program.store.stages.holders.isEmpty, Date() < deadline { usleep(1_000) }
    let number = first.process.processIdentifier
    let status = try program.run(["status", "ladder"])
    #expect(status.output.contains("; running as process \(number) on "), "\(status.output)")
    let json = try object(try program.run(["status", "ladder", "--json"]).output)
    let state = try #require((json["experiments"] as? [[String: Any]])?.first)
    #expect(state["process"] as? Int == Int(number))
    #expect(state["host"] as? String == ProcessInfo.processInfo.hostName)
    kill(number, SIGKILL)
    #expect(try first.outcome().status == -SIGKILL)
    let after = try program.run(["status", "ladder"])
    #expect(!after.output.contains("running"), "\(after.output)")
    // What it left is swept with everything else.
    let clean = try program.run(["clean", "--stages"])
    #expect(clean.status == 0, "\(clean.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: program.results + "/ladder")
    #expect(!names.contains { $0.hasSuffix(".lease") }, "\(names)")
  }
}
