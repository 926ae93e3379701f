import CoppiceStore
import Foundation
import Testing

/// Runs that are given a time, and runs in which trials fail.
@Suite(.serialized) struct LongRunTests {
  private static let checkpoints = ["COPPICE_CHECKPOINT_SECONDS": "0.05"]

  // MARK: A deadline

  @Test func aRunEndsBeforeItsDeadlineAndGoesOn() throws {
    let sweep = Sweeps.ladder(training: 300, model: "mlp(widths: [50])")
    let (program, undisturbed) = (try Program(), try Program())
    try withExtendedLifetime((program, undisturbed)) {
      #expect(try undisturbed.run(["run", "--quiet"] + sweep).status == 0)
      // The first time is over before anything has begun, and each is longer than the one before.
      var (time, stops) = (0.001, 0)
      while stops < 60 {
        let text = String(format: "%.3fs", time)
        let outcome = try program.run(
          ["run", "--quiet", "--jobs", "2", "--deadline", text] + sweep, environment: Self.checkpoints)
        if outcome.status == 0 { break }
        #expect(outcome.status == 75, "\(outcome.status): \(outcome.errors)")
        #expect(
          outcome.errors.contains(
            "ended by its deadline after a checkpoint; the same command goes on from there"))
        (time, stops) = (max(0.1, time * 1.4), stops + 1)
      }
      #expect(stops > 0 && stops < 60)
      #expect(try program.digests(of: "ladder") == undisturbed.digests(of: "ladder"))
    }
  }

  @Test func theReportSaysWhyARunEnded() throws {
    let program = try Program()
    try withExtendedLifetime(program) {
      let outcome = try program.run(
        ["run", "--quiet", "--json", "--deadline", "0.001s"] + Sweeps.ladder(training: 10))
      #expect(outcome.status == 75)
      let report = try object(outcome.output)
      #expect(report["interruption"] as? String == "deadline" && report["interrupted"] as? Bool == true)
    }
  }

  @Test(arguments: ["8", "8 h", "0s", "-5m", "1y", "1e3s", "h", "99999999999s"])
  func aDeadlineIsATime(text: String) throws {
    let outcome = try Program().run(["run", "quickstart", "--deadline=\(text)"])
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(
      outcome.errors.contains(
        "--deadline is \"\(text)\", but must be a time above 0 as 90s, 30m, 8h, 2d or 1w"),
      "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  // MARK: Failures

  /// Four trials of which each fails but for the dense ones, as results `faulty`.
  private static let faulty = ["run", "wrong-scores", "--seeds", "2", "--as", "faulty", "--jobs", "1"]
  private static let reason = "criterion overreaching: axis 2 is asked for"

  @Test func failedTrialsAreToldSetAsideAndTriedAgain() throws {
    let program = try Program("OwnProgram")
    try withExtendedLifetime(program) {
      let first = try program.run(Self.faulty)
      #expect(first.status == 1)
      #expect(first.errors.contains("2 trials that failed are set aside; --retry failed runs them again"))
      let names = program.store.trials(of: "faulty").filter { $0.hasPrefix("overreaching") }
      #expect(names.count == 2)

      // Also where progress is not told, and there is nothing to do.
      for quiet in [[], ["--quiet"]] {
        let again = try program.run(Self.faulty + quiet)
        #expect(again.status == 1)
        #expect(
          again.errors.contains("2 trials failed before and are set aside; --retry failed runs them again:"))
        for name in names { #expect(again.errors.contains("\n  \(name): \(Self.reason)"), "\(again.errors)") }
        #expect(!again.errors.contains("\nfailed: "), "\(again.errors)")
        if quiet.isEmpty { #expect(again.errors.contains("4 trials (2 done before); 0 stages to run")) }
      }
      let report = try object(try program.run(Self.faulty + ["--json", "--quiet"]).output)
      let before = report["failed_before"] as? [[String: String]]
      #expect(before?.compactMap { $0["trial"] }.sorted() == names)
      #expect((report["failures"] as? [Any])?.isEmpty == true)

      let retried = try program.run(Self.faulty + ["--retry", "failed", "--quiet"])
      #expect(retried.status == 1 && !retried.errors.contains("failed before"))
      #expect(retried.errors.contains("failed: \(names[0]): \(Self.reason)"), "\(retried.errors)")

      // Whoever asks how things stand is told, too.
      let status = try program.run(["status", "faulty"])
      #expect(status.output.hasPrefix("faulty: 2 of 4 trials done (2 failed), 2 left"), "\(status.output)")
      for name in names { #expect(status.output.contains("  \(name)  failed: \(Self.reason)")) }
      #expect(status.errors.contains("note: 2 trials that failed are set aside"))
      let states = try object(try program.run(["status", "faulty", "--json"]).output)["experiments"]
      let trials = (states as? [[String: Any]])?.first?["trials"] as? [[String: Any]] ?? []
      #expect(trials.count { $0["set_aside"] as? Bool == true && $0["failure"] is String } == 2)
      #expect(trials.count { $0["set_aside"] == nil } == 2)
      let shown = try program.run(["show", "faulty/\(names[0])"]).output
      #expect(shown.hasPrefix("\(names[0]): failed\n") && shown.contains("\n\(Self.reason)"), "\(shown)")
      #expect(shown.contains("It is set aside; `run --retry failed` runs it again."))
      let json = try object(try program.run(["show", "faulty/\(names[0])", "--json"]).output)
      #expect((json["failure"] as? String)?.hasPrefix(Self.reason) == true)
      #expect(json["set_aside"] as? Bool == true)
    }
  }

  @Test func theFirstFailureEndsARunThatIsToFailFast() throws {
    let program = try Program("OwnProgram")
    try withExtendedLifetime(program) {
      let command = Self.faulty + ["--fail-fast", "--quiet"]
      let first = try program.run(command)
      #expect(first.status == 1)
      #expect(first.errors.matches(of: #/(?m)^failed: /#).count == 1, "\(first.errors)")
      #expect(
        first.errors.contains(#/ended because a trial failed, with [12] trials? not run; the same command/#),
        "\(first.errors)")
      let second = try program.run(command)
      #expect(second.status == 1 && second.errors.contains("1 trial failed before and is set aside"))
      let report = try object(try program.run(command + ["--json", "--retry", "failed"]).output)
      #expect(report["interruption"] as? String == "failure")
    }
  }
}
