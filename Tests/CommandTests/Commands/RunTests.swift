import CoppiceStore
import Foundation
import Testing

@Suite struct RunTests {
  @Test func aRunEndsWithTableSummaryAndFigure() throws {
    let program = try Program()
    let outcome = try program.run(["run"] + Sweeps.ladder(training: 20))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("test accuracy (%)"))
    #expect(outcome.output.contains("3 completed"))
    #expect(outcome.errors.contains("3 trials (0 done before)"))
    // Not on a terminal, so a line a finished trial and nothing drawn over.
    #expect(outcome.errors.split(separator: "\n").count { $0.contains("/3] ") } == 3)
    #expect(!outcome.errors.contains("\r"))
    for file in ["summary.h5", "accuracy.svg", "journal.jsonl"] {
      #expect(FileManager.default.fileExists(atPath: "\(program.results)/ladder/\(file)"))
    }
    #expect(try SummaryFile.read(program.store.summary(of: "ladder")).rows.count == 7)
  }

  @Test func runningAgainRunsNothing() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let digests = try program.digests(of: "tiny")
    let outcome = try program.run(["run"] + Sweeps.tiny)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("21 trials (21 done before); 0 stages to run, 0 training steps"))
    #expect(try program.digests(of: "tiny") == digests)
  }

  @Test func theReportIsJSON() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let outcome = try program.run(["run"] + Sweeps.tiny + ["--json", "--quiet"])
    let report = try object(outcome.output)
    #expect(report["schema_version"] as? Int == 1)
    #expect((report["trials"] as? [Any])?.count == 21)
    #expect(report["interrupted"] as? Bool == false)
    // What was set for all cells makes some of them equal; nothing else is said.
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("note: 36 of 54 cells are copies") } && lines.count == 1)
  }

  @Test func aChangedSweepGetsAFolderOfItsOwn() throws {
    let program = try Program()
    let sweep = Array(Sweeps.ladder(training: 10).dropLast(2))
    #expect(try program.run(["run", "--quiet"] + sweep).status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: program.results)
    #expect(names.contains { $0.hasPrefix("quickstart@") })
    #expect(!names.contains("quickstart"))
  }

  @Test func aSummaryIsNotReplacedByOneWithFewerRows() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let fewer = Array(Sweeps.ladder(training: 20).dropLast()) + ["tiny"]
    let refused = try program.run(["run", "--quiet"] + fewer)
    #expect(refused.status == 64)
    #expect(refused.errors.contains("finished rows") && refused.errors.contains("--force"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let forced = try program.run(["run", "--quiet", "--force"] + fewer)
    #expect(forced.status == 0, "\(forced.errors)")
    #expect(forced.errors.contains("is not of this sweep"))
    #expect(try SummaryFile.read(path).rows.count == 7)
  }

  @Test func jobsThreadsAndKernelsChangeNoBit() throws {
    let reference = try Program()
    #expect(try reference.run(["run", "--jobs", "1"] + Sweeps.ladder(training: 40)).status == 0)
    let digests = try reference.digests(of: "ladder")
    #expect(digests.count == 3)
    let doctor = try object(try reference.run(["doctor", "--json"]).output)
    let kernels =
      (doctor["findings"] as? [[String: String]])?.first { $0["name"] == "kernels" }?["text"] ?? ""
    var ways: [(arguments: [String], environment: [String: String])] = [
      (["--jobs", "2"], [:]), (["--jobs", "1", "--threads", "2"], [:]),
    ]
    for variant in ["avx512", "avx2", "neon"] where kernels.contains(variant) {
      ways.append(([], ["COPPICE_KERNELS": variant]))
    }
    for way in ways {
      let program = try Program()
      let outcome = try program.run(
        ["run"] + Sweeps.ladder(training: 40) + way.arguments, environment: way.environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try program.digests(of: "ladder") == digests, "\(way)")
    }
  }
}
