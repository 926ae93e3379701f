import CoppiceTestSupport
import Foundation
import Testing

/// Files of an earlier version, see Fixtures/Stored: every command that reads goes on reading them.
@Suite struct StoredFilesTests {
  /// A program whose results are those files.
  private static func program() throws -> Program {
    let program = try Program()
    let manager = FileManager.default
    for (name, path) in [
      ("filters-trial", "filters/trials/filters-trial.h5"),
      ("resnet-trial", "filters/trials/resnet-trial.h5"),
      ("induction-trial", "filters/trials/induction-trial.h5"), ("filters-summary", "filters/summary.h5"),
    ] {
      let packed = try #require(
        Bundle.module.url(forResource: "Fixtures/Stored/\(name).h5", withExtension: "gz"))
      let file = URL(fileURLWithPath: "\(program.results)/\(path)")
      try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let unpacked = try #require(
        Python.run("/bin/sh", ["-c", "gunzip -c '\(packed.path)' > '\(file.path)'"]))
      try #require(unpacked.status == 0, "\(unpacked.output)")
    }
    return program
  }

  /// The network of `resnet-trial` has 3 × 3 layers of 16 channels that ran sparse: they evaluate to what is stored only under
  /// their masks.
  @Test(arguments: ["filters-trial", "resnet-trial", "induction-trial"])
  func trialsEvaluateToWhatIsStored(name: String) throws {
    let program = try Self.program()
    let shown = try program.run(["show", "filters/\(name)"])
    #expect(shown.status == 0, "\(shown.errors)")
    let evaluated = try object(try program.run(["show", "filters/\(name)", "--evaluate", "--json"]).output)
    // The files have version 4 of the numerics; the order of sums has changed since.
    #expect(evaluated["evaluation_confirmed"] as? Bool == true)
    let text = try program.run(["show", "filters/\(name)", "--evaluate"])
    #expect(text.status == 0 && text.output.contains("evaluates to what is stored"), "\(text.errors)")
    #expect(
      evaluated["evaluation_equal"] as? Bool == true
        || text.output.contains("under version 4 of the numerics"))
    let rounds = try #require(evaluated["evaluation"] as? [[String: Any]])
    #expect(rounds.count >= 2)
    for round in rounds { #expect((round["measures"] as? [String: Any])?.count ?? 0 >= 6) }
  }

  @Test func summariesArePrintedAndDrawn() throws {
    let program = try Self.program()
    let table = try program.run(["table", "filters", "--format", "csv"])
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.split(separator: "\n").count > 2)
    let figure = program.folder.file("figure.svg")
    let plot = try program.run(["plot", "filters", "-o", figure])
    #expect(plot.status == 0, "\(plot.errors)")
    #expect(FileManager.default.fileExists(atPath: figure))
  }

  /// The summary of the lottery ticket that ships.
  @Test func theShippedSummaryIsRead() throws {
    let program = try Program()
    let summary = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Results/lottery-lenet-mnist/summary.h5").standardizedFileURL.path
    let table = try program.run([
      "table", summary, "--y", "early_stop_test_accuracy,early_stop_step", "--format", "csv",
    ])
    #expect(table.status == 0, "\(table.errors)")
    // 3 controls of 20, 5 and 5 rounds with their dense network, 5 one-shot tickets, the baseline.
    #expect(table.output.contains("0.97973333"))
  }
}
