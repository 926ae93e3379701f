import CoppiceStore
import Foundation
import Testing

@Suite struct VerifyTests {
  /// The variants of kernels that this machine has.
  static func variants(_ program: Program) throws -> [String] {
    let doctor = try object(try program.run(["doctor", "--json"]).output)
    let text = (doctor["findings"] as? [[String: String]])?.first { $0["name"] == "kernels" }?["text"] ?? ""
    return ["portable", "neon", "avx2", "avx512"].filter(text.contains)
  }

  @Test func aSampleOfASummaryComesOutAgain() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let files = try FileManager.default.subpathsOfDirectory(atPath: program.results).sorted()
    let outcome = try program.run(["verify", "tiny", "--sample", "4", "--quiet"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains("4 of 21 trials on ") && outcome.output.hasSuffix(": 4 identical\n"),
      "\(outcome.output)")
    // The seed chooses others, and nothing appears among the results.
    let other = try object(
      try program.run(["verify", "tiny", "--sample", "4", "--seed", "1", "--json"]).output)
    let names = try #require(other["trials"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(names.count == 4 && names.contains { !outcome.output.contains($0) })
    #expect(other["proven"] as? Bool == true && other["total"] as? Int == 21)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: program.results).sorted() == files)
    // A summary alone is compared row by row.
    try FileManager.default.removeItem(atPath: program.results + "/tiny/trials")
    let rows = try program.run(["verify", program.store.summary(of: "tiny"), "--sample", "3", "--quiet"])
    #expect(rows.status == 0 && rows.output.hasSuffix(": 3 identical\n"), "\(rows.output) \(rows.errors)")
  }

  @Test func aTrialIsProvenOnEveryVariant() throws {
    let program = try Sweeps.finished.get()
    for variant in try Self.variants(program) {
      let outcome = try program.run(
        ["verify", "tiny/magnitude-lottery-ticket", "--quiet"], environment: ["COPPICE_KERNELS": variant])
      #expect(outcome.status == 0, "\(variant): \(outcome.errors)")
      #expect(outcome.output.hasSuffix("1 trial on \(variant): 1 identical\n"), "\(outcome.output)")
    }
  }

  @Test func aChangedTrialIsFound() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let name = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("dense-seed0") })
    let path = program.store.trial(name, of: "tiny")
    var record = try TrialFile(path).record()
    record.rounds[0].weights?["fc1.bias"]?.scalars[0] += 1
    try TrialFile.write(record, to: path)
    let outcome = try program.run(["verify", path, "--quiet"])
    #expect(outcome.status == 1)
    #expect(
      outcome.output.contains("differs: round 0: the weights of fc1.bias differ in 1 of 10 numbers"),
      "\(outcome.output)")
    // A file of another version of the numerics is not compared.
    record.provenance = record.provenance.replacing("\"numerics\": 5", with: "\"numerics\": 4")
    try TrialFile.write(record, to: path)
    let older = try program.run(["verify", path, "--quiet"])
    #expect(older.status == 1 && older.output.contains("cannot be verified: it was computed under version 4"))
    #expect(try program.run(["verify", "tiny", "--sample", "0"]).status == 64)
    #expect(try program.run(["verify", "nowhere.tar.gz"]).status == 66)
  }

  /// The digests of the quickstart that are committed, one of its trials on each set of instructions.
  @Test func theCommittedDigestsHold() throws {
    let program = try Sweeps.finished.get()
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Results/quickstart/digests.txt").standardizedFileURL.path
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 64)
    for (place, variant) in try Self.variants(program).enumerated() {
      let outcome = try program.run(
        ["verify", path, "--sample", "1", "--seed", "\(place)", "--quiet"],
        environment: ["COPPICE_KERNELS": variant])
      #expect(outcome.status == 0, "\(variant): \(outcome.errors)")
      #expect(outcome.output.hasSuffix("1 of 63 trials on \(variant): 1 identical\n"), "\(outcome.output)")
    }
  }
}
