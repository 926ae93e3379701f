import Foundation
import Testing

@Suite struct BenchTests {
  private let quick = ["bench", "lenet-300-100", "--only", "inference", "--seconds", "0.001"]

  @Test func rowsHaveTheirColumns() throws {
    let program = try Program()
    let outcome = try program.run(quick + ["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result = try object(outcome.output)
    #expect(result["schema_version"] as? Int == 1)
    let rows = try #require(result["rows"] as? [[String: Any]])
    #expect(rows.map { $0["batch"] as? Int } == [64, 1])
    for row in rows {
      #expect(
        Set(row.keys) == [
          "benchmark", "model", "batch", "threads", "density", "median", "low", "high", "unit",
          "fraction_of_limit", "limit",
        ])
      #expect(row["benchmark"] as? String == "inference")
      #expect(row["model"] as? String == "lenet-300-100")
      #expect(row["unit"] as? String == "steps/s")
    }
  }

  @Test func anEarlierRunIsComparedWith() throws {
    let program = try Program()
    let file = program.folder.file("before.json")
    try program.run(quick + ["--json"]).output.write(toFile: file, atomically: true, encoding: .utf8)
    let rows = try #require(
      try object(try program.run(quick + ["--json", "--against", file]).output)["rows"] as? [[String: Any]])
    for row in rows {
      let ratio = try #require(row["ratio"] as? Double)
      #expect((row["ratio_low"] as? Double ?? .infinity) <= ratio)
      #expect((row["ratio_high"] as? Double ?? 0) >= ratio)
    }
    #expect(try program.run(quick + ["--against", file]).output.contains("now / then"))
    let other = try program.run(quick + ["--density", "0.5", "--against", file])
    #expect(other.status == 0)
    #expect(
      other.errors
        == "warning: \(file) has none of these rows; models, --threads and --density must be the same\n")
  }

  @Test func anEarlierRunThatCannotBeReadIsNamed() throws {
    let program = try Program()
    let missing = try program.run(quick + ["--against", "no-such.json"])
    #expect(missing.status == 66)
    #expect(
      missing.errors == "error: there is no file no-such.json for --against to read; write one with "
        + "`coppice bench --json > FILE`\n")
    let file = program.folder.file("bad.json")
    try "{\"schema_version\": 1}".write(toFile: file, atomically: true, encoding: .utf8)
    let malformed = try program.run(quick + ["--against", file])
    #expect(malformed.status == 65)
    #expect(
      malformed.errors.contains("does not hold rows of a benchmark: it has no list \"rows\"; write one"))
  }

  @Test func aProfileIsOfOneModel() throws {
    let program = try Program()
    let text = try program.run(["bench", "--profile", "lenet-300-100", "--seconds", "0.001"])
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("matrix-product") && text.output.contains("share (%)"))
    let profile = try object(
      try program.run([
        "bench", "--profile", "lenet-300-100", "--density", "0.1", "--seconds", "0.001", "--json",
      ]).output)
    #expect(profile["density"] as? Double == 0.1)
    let rows = try #require(profile["rows"] as? [[String: Any]])
    #expect(abs(rows.reduce(0) { $0 + ($1["share"] as? Double ?? 0) } - 1) < 1e-9)
    #expect(try program.run(["bench", "lenet-5", "--profile", "lenet-5"]).status == 64)
    #expect(try program.run(["bench", "--profile", "lenet-6"]).status == 64)
  }

  @Test func aModelWithoutACurveIsNamed() throws {
    let outcome = try Program().run(["bench", "resnet-20", "--only", "sparse"])
    #expect(outcome.status == 64)
    #expect(
      outcome.errors == "error: there is no curve over density of resnet-20; there are those of "
        + "lenet-300-100, lenet-5, conv-2, encoder\n")
  }

  @Test func aModelWithoutACriterionIsNamed() throws {
    let none = try Program().run(["bench", "resnet-20", "--only", "criteria"])
    #expect(none.status == 64)
    #expect(
      none.errors
        == "error: no criterion is measured on resnet-20; there are rows of lenet-300-100, lenet-5, "
        + "conv-2, encoder\n")
  }

  @Test func unknownPartsAreRefused() throws {
    let outcome = try Program().run(["bench", "--only", "everything"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("kernels"))
  }
}
