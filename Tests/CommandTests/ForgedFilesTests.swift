import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Files with a valid seal and forged contents, and every command that reads them.
@Suite struct ForgedFilesTests {
  /// A copy of the finished sweep, one of its trials with two rounds and masks, and its summary.
  private static func program() throws -> (Program, trial: String, summary: String) {
    let program = try Program(copying: Sweeps.finished.get())
    let name = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("magnitude-one-shot") })
    return (program, program.store.trial(name, of: "tiny"), program.store.summary(of: "tiny"))
  }

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The commands that read a file of the sweep.
  private func expectNoTrap(_ program: Program, _ commands: [[String]], _ what: String) throws {
    for command in commands {
      let outcome = try program.run(command)
      #expect(
        [0, 1, 64, 65].contains(outcome.status),
        "\(what): \(command): \(outcome.status) \(outcome.errors.suffix(400))")
    }
  }

  /// How many forgeries go through the program: a process takes long.
  private static let count = max(6, Fuzzing.count / 50)

  @Test func noForgedTrialEndsACommandByASignal() throws {
    let (program, path, _) = try Self.program()
    let forger = try Forger(path)
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let stride = max(1, forger.changes.count / Self.count)
    for number in 0..<Self.count {
      try write(forger.input(number * stride), path)
      try expectNoTrap(
        program,
        [
          ["show", "tiny/\(name)", "--evaluate", "--classes"], ["show", "tiny/\(name)", "--json"],
          ["plot", "tiny/\(name)", "--series", "loss,test_accuracy"], ["status", "tiny"], ["clean"],
        ], "input \(number * stride)")
    }
  }

  @Test func noForgedSummaryEndsACommandByASignal() throws {
    let (program, _, path) = try Self.program()
    let forger = try Forger(path)
    let stride = max(1, forger.changes.count / Self.count)
    for number in 0..<Self.count {
      try write(forger.input(number * stride), path)
      try expectNoTrap(
        program, [["table", "tiny"], ["plot", "tiny", "--x", "sparsity"], ["status", "tiny"], ["clean"]],
        "input \(number * stride)")
    }
  }

  /// One bad file: every other one is read all the same, and it is named.
  @Test func oneBadFileHindersNoCommandAboutTheOthers() throws {
    let (program, trial, summary) = try Self.program()
    let total = program.store.trials(of: "tiny").count
    let good = try program.run(["table", "tiny"]).output
    let forger = try Forger(trial)
    let change = try #require(
      forger.changes.first { $0.description == "/rounds/1/layers .parameters is \(Int64.min)" })
    try write(forger.forged(by: change), trial)
    let shown = try program.run(["show", trial])
    #expect(shown.status == 65 && shown.errors.contains(trial) && shown.errors.contains("bad contents"))
    // The state is whole, and the summary too.
    #expect(try program.run(["status", "tiny"]).output.contains("\(total) of \(total) trials done"))
    #expect(try program.run(["table", "tiny"]).output == good)

    let status = try #require(forger.changes.first { $0.description == "@status is \"x\"" })
    try write(forger.forged(by: status), trial)
    let told = try program.run(["status", "tiny"])
    #expect(told.status == 0 && told.output.contains("\(total - 1) of \(total) trials done"))
    #expect(told.errors.contains("not counted: \(trial)"), "\(told.errors)")
    let run = try program.run(["run", "--quiet"] + Sweeps.tiny)
    #expect(run.status == 0 && run.errors.contains("set aside: \(trial): bad status x"), "\(run.errors)")
    #expect(try program.run(["table", "tiny"]).output == good)

    // A summary that cannot be read: no trial is taken for an orphan, and everything else is told.
    let whole = try Data(contentsOf: URL(fileURLWithPath: summary))
    let forgedSummary = try Forger(summary)
    let row = try #require(forgedSummary.changes.first { $0.description == "/index .round is -7" })
    let broken = [forgedSummary.forged(by: row), [UInt8](whole.dropLast(32)), forgedSummary.broken(3)]
    for bytes in broken {
      try write(bytes, summary)
      let cleaned = try program.run(["clean"])
      #expect(cleaned.status == 0 && cleaned.output.contains("orphans: 0 files"))
      #expect(cleaned.errors.contains(summary), "\(cleaned.errors)")
      let told = try program.run(["status"])
      #expect(told.status == 0 && told.output.contains("tiny: "), "\(told.errors)")
      #expect(told.errors.contains("not counted: \(summary)"), "\(told.errors)")
      #expect(try program.run(["table", "tiny"]).status == 65)
    }
  }

  @Test func aForgedStageIsComputedAgainAndNamed() throws {
    let (program, trial, _) = try Self.program()
    let name = ((trial as NSString).lastPathComponent as NSString).deletingPathExtension
    let expected = try program.digests(of: "tiny")
    // Weights of another network, under a seal that is right.
    let stages = program.store.stages.paths().filter { path in
      ((try? StageFile.read(path))?[parameters: "parameters"]?.names.count ?? 0) > 0
    }
    for path in stages {
      let forger = try Forger(path)
      let change = try #require(
        forger.changes.first { $0.description == "/parameters/parameters/fc1.weight is shaped [7]" })
      try write(forger.forged(by: change), path)
    }
    try FileManager.default.removeItem(atPath: trial)
    let run = try program.run(["run"] + Sweeps.tiny)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains("computed again: ")
        && run.errors.contains("fc1.weight of the parameters is shaped [7]"))
    #expect(try program.digests(of: "tiny")[name] == expected[name])
  }
}
