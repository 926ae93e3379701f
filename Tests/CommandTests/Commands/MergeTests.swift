import CoppiceStore
import Foundation
import Testing

@Suite struct MergeTests {
  /// A ladder of one seed, in a results folder of its own.
  private static func ladder(seed: Int, training: Int = 10) throws -> Program {
    let program = try Program()
    let outcome = try program.run(
      ["run", "--quiet"] + Sweeps.ladder(training: training) + ["--set", "seed=\(seed)"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return program
  }

  @Test func twoMachinesBecomeOneSweep() throws {
    let programs = try [0, 1].map { try Self.ladder(seed: $0) }
    defer { withExtendedLifetime(programs) {} }
    let parts = programs.map { $0.results + "/ladder" }
    let program = try Program()
    let out = program.results + "/ladder"
    let outcome = try program.run(["merge", out] + parts + ["--stages"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("6 trials (0 in several parts"), "\(outcome.output)")
    let rows = try SummaryFile.read(out + "/summary.h5").rows
    #expect(rows.count == 14 && Set(rows.map(\.seed)) == [0, 1])
    let table = try object(try program.run(["table", "ladder", "--json"]).output)["rows"] as? [[String: Any]]
    #expect(table?.allSatisfy { $0["n"] as? Int == 2 } == true)
    #expect(try program.run(["verify", "ladder", "--sample", "2", "--quiet"]).status == 0)
    // Once more it finds all done.
    let again = try object(try program.run(["merge", out, "--json"] + parts).output)
    #expect(again["trials"] as? Int == 6 && again["rows"] as? Int == 14)
  }

  @Test func whatConflictsIsTold() throws {
    let programs = [try Self.ladder(seed: 0), try Self.ladder(seed: 1, training: 20)]
    defer { withExtendedLifetime(programs) {} }
    let parts = programs.map { $0.results + "/ladder" }
    let program = try Program()
    let refused = try program.run(["merge", program.folder.file("out")] + parts)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains("training is 10it in ") && refused.errors.contains("--across training"),
      "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("out")))
    let across = try program.run(["merge", program.folder.file("out")] + parts + ["--across", "training"])
    #expect(across.status == 0, "\(across.errors)")
    #expect(try program.run(["merge", "out", parts[0]]).status == 64)
    #expect(try program.run(["merge", "out", parts[0], "nowhere"]).status == 66)
    #expect(try program.run(["merge", parts[0]] + parts + ["--across", "training"]).status == 64)
  }
}
