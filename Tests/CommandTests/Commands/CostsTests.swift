import CoppiceTestSupport
import Foundation
import Testing

@Suite struct CostsTests {
  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Sweeps.finished.get().run(arguments)
  }

  @Test func aTableIsMeasuredAndPrunedBy() throws {
    let folder = try TemporaryFolder()
    let measured = try run([
      "costs", "mlp(widths: [12, 8])", "--set", "dataset=glyphs", "--seconds", "0.00001", "--json",
      "--results",
      folder.path,
    ])
    #expect(measured.status == 0, "\(measured.errors)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(measured.output.utf8)) as? [String: Any])
    let table = try #require(json["table"] as? String)
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/costs/\(table).json"))
    let sweep = [
      "quickstart", "--set", "model=mlp(widths: [12, 8])", "--set", "granularity=hidden-unit", "--set",
      "sparsity=0.5", "--set", "schedule=one-shot",
    ]
    let plan = try run(
      ["plan"] + sweep + ["--set", "target=latency(table: \(table))", "--results", folder.path])
    // The table is found. The time of so small a network may hardly fall with its units, and then that is what is said.
    let isFound = plan.status == 0 || plan.errors.contains("of latency cannot be removed")
    #expect(isFound, "\(plan.errors)")
    // Where there is no such table, the command that makes one is told.
    let elsewhere = try run(
      ["plan"] + sweep + ["--set", "target=latency(table: \(table))", "--results", folder.path + "/other"])
    #expect(elsewhere.status == 64 || elsewhere.status == 66)
    #expect(elsewhere.errors.contains("measure one with `coppice costs MODEL`"), "\(elsewhere.errors)")
  }

  @Test func whatCannotBeIsRefused() throws {
    for (arguments, words) in [
      (["costs", "lenet-5", "--batch", "0"], "--batch takes 1 to 65536, not 0"),
      (["costs", "lenet-5", "--threads", "0"], "--threads takes 1 to 1024, not 0"),
      (["costs", "lenet-5", "--seconds", "0"], "--seconds takes a number above 0"),
      (["costs", "lenet-6"], "did you mean \"lenet-5\"?"),
    ] {
      let outcome = try run(arguments)
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }
}
