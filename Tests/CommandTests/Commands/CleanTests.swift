import CoppiceStore
import Foundation
import Testing

/// What `clean` frees of stored stages, and what it keeps.
@Suite struct CleanTests {
  private static let day = 86_400.0

  /// The finished tiny sweep and a ladder of which a trial is to be made again.
  private static func unfinished() throws -> (program: Program, lost: String) {
    let program = try Program(copying: Sweeps.finished.get())
    let ran = try program.run(["run", "--quiet"] + Sweeps.ladder(training: 20))
    try #require(ran.status == 0, "\(ran.errors)")
    let path = program.store.summary(of: "ladder")
    var summary = try SummaryFile.read(path)
    let lost = try #require(summary.rows.last?.trial)
    for index in summary.rows.indices where summary.rows[index].trial == lost {
      summary.rows[index].status = .interrupted
    }
    try SummaryFile.write(summary, to: path, replacing: true)
    try FileManager.default.removeItem(atPath: program.store.trial(lost, of: "ladder"))
    return (program, lost)
  }

  private func dates(_ program: Program) throws -> [String: Date] {
    var dates: [String: Date] = [:]
    for path in program.store.stages.paths() {
      dates[path] = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
    return dates
  }

  @Test func whatAnUnfinishedSweepNeedsIsKept() throws {
    let (program, lost) = try Self.unfinished()
    let expected = try Program(copying: program)
    try #require(try expected.run(["run", "--quiet"] + Sweeps.ladder(training: 20)).status == 0)
    let before = Set(program.store.stages.paths())
    let told = try program.run(["clean"])
    #expect(told.output.contains("of stages that unfinished sweeps need (ladder: 1 trial); remove them too"))
    let cleaned = try program.run(["clean", "--stages", "--json"])
    #expect(cleaned.status == 0, "\(cleaned.errors)")
    let json = try object(cleaned.output)
    let kept = program.store.stages.paths()
    #expect((json["stages"] as? [String: Any])?["files"] as? [String] == before.subtracting(kept).sorted())
    let needed = try #require(json["needed"] as? [String: Any])
    #expect(needed["files"] as? [String] == kept)
    #expect(
      (needed["sweeps"] as? [[String: Any]])?.map { $0["name"] as? String } == ["ladder"])
    #expect(kept.count > 5 && kept.count < before.count / 2)
    // The next run makes none of them again, and comes out as if nothing had been removed.
    let dates = try dates(program)
    let run = try program.run(["run", "--quiet"] + Sweeps.ladder(training: 20))
    #expect(run.status == 0, "\(run.errors)")
    for (path, date) in try self.dates(program) where dates[path] != nil { #expect(dates[path] == date) }
    #expect(program.store.trials(of: "ladder").contains(lost))
    #expect(try program.digests(of: "ladder") == expected.digests(of: "ladder"))
    // Now it needs nothing more.
    #expect(try program.run(["clean", "--stages"]).status == 0)
    #expect(program.store.stages.paths().isEmpty)
    let again = try program.run(["run", "--quiet"] + Sweeps.ladder(training: 20))
    #expect(again.status == 0, "\(again.errors)")
    #expect(try program.digests(of: "ladder") == expected.digests(of: "ladder"))
  }

  @Test func allGoesWhereThatIsAskedFor() throws {
    let (program, _) = try Self.unfinished()
    let count = program.store.stages.paths().count
    let told = try program.run(["clean", "--stages", "--all", "--dry-run"])
    #expect(told.output.contains("stages: \(count) files, ") && told.output.contains("with --stages --all"))
    #expect(program.store.stages.paths().count == count, "it was to be told alone")
    #expect(try program.run(["clean", "--stages", "--all"]).status == 0)
    #expect(program.store.stages.paths().isEmpty)
  }

  /// A run that was killed before its first summary, of a sweep that this program does not know.
  @Test func whileNobodyKnowsWhatASweepNeedsAllIsKept() throws {
    let program = try Program(copying: Sweeps.finished.get())
    _ = try Journal(program.store.journal(of: "unheard-of"))
    let before = program.store.stages.paths()
    let cleaned = try program.run(["clean", "--stages"])
    #expect(cleaned.status == 0)
    #expect(
      cleaned.errors.contains(
        "note: all stages are kept, because nobody can tell which of them unheard-of needs: "),
      "\(cleaned.errors)")
    #expect(cleaned.errors.contains("Remove them all the same with --stages --all"))
    #expect(cleaned.output.contains("stages: 0 files, 0.0 MB removed"))
    #expect(program.store.stages.paths() == before)
  }

  @Test func theOldestGoFirst() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let entries = program.store.stages.entries()
    for (index, entry) in entries.enumerated() {
      // From half a day on, a day apart.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -Self.day * (Double(index) + 0.5))],
        ofItemAtPath: entry.path)
    }
    let told = try object(try program.run(["clean", "--older-than", "7d", "--json"]).output)
    let old = entries.dropFirst(7).map(\.path)
    #expect((told["stages"] as? [String: Any])?["files"] as? [String] == old)
    #expect(program.store.stages.paths().count == entries.count)
    #expect(try program.run(["clean", "--stages", "--older-than", "1w"]).status == 0)
    #expect(program.store.stages.entries().map(\.path) == entries.prefix(7).map(\.path))
    // What is left of seven may take as much as four take: the three oldest go.
    let bytes = entries.prefix(4).reduce(0) { $0 + $1.bytes }
    let bound = ["--down-to", "\(bytes + entries[4].bytes - 1)"]
    let none = try program.run(["clean", "--stages", "--older-than", "30d"] + bound)
    #expect(
      none.output.contains("stages: 0 files")
        && none.output.contains("what is left is needed or not old enough"),
      "\(none.output)")
    #expect(try program.run(["clean", "--stages"] + bound).status == 0)
    #expect(program.store.stages.entries().map(\.path) == entries.prefix(4).map(\.path))
    #expect(try program.run(["clean", "--stages"] + bound).output.contains("stages: 0 files"))
  }

  @Test func agesAndSizesAreUnderstood() throws {
    let program = try Program()
    for (arguments, message) in [
      (["--older-than", "seven"], #"--older-than is "seven", but must be a time above 0 as 90s, 30m, "#),
      (["--older-than", "-1d"], #"--older-than is "-1d""#), (["--older-than", "7"], "must be a time"),
      (["--older-than", "infd"], "must be a time"), (["--older-than", "0d"], "must be a time"),
      (["--down-to", "much"], #"--down-to is "much", but must be a size as 20GB or 512MB"#),
      (["--down-to", "none"], "must be a size"), (["--down-to", "-1GB"], "must be a size"),
    ] {
      let outcome = try program.run(["clean", arguments[0] + "=" + arguments[1]])
      #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    }
    for age in ["90s", "0.5h", "1m", "2w"] {
      #expect(try program.run(["clean", "--older-than", age, "--down-to", "1GB"]).status == 0)
    }
  }
}
