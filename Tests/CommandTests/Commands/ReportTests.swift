import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice report`.
@Suite struct ReportTests {
  /// The finished sweep of the tests, to write beside.
  private func program() throws -> Program { try Program(copying: try Sweeps.finished.get()) }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func writesBesideTheSummaryWithWhatItsTrialsSay() throws {
    let program = try program()
    let outcome = try program.run(["report", "tiny"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty && outcome.errors.contains("wrote "))
    let page = try text(program.results + "/tiny/report.html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n"))
    #expect(page.contains("What must hold of every round, and in how many rounds it did"))
    #expect(page.contains("over the steps of a round"))
    // Again the same bytes, on standard output too.
    let printed = try program.run(["report", "tiny", "-o", "-"])
    #expect(printed.output == page)
    if Browser.python != nil {
      let seen = try #require(Browser.check(program.results + "/tiny/report.html"))
      #expect(seen.status == 0, "\(seen.output)")
    }
  }

  @Test func withoutTrialsThePageSaysSo() throws {
    let program = try program()
    let outcome = try program.run(["report", "tiny", "--without-trials", "-o", "-"])
    #expect(outcome.output.contains("without the files of the trials"))
    try FileManager.default.removeItem(atPath: program.results + "/tiny/trials")
    let bare = try program.run(["report", "tiny", "-o", "-"])
    #expect(bare.output.contains("without the files of the trials"))
    #expect(!bare.output.contains("over the steps of a round"))
  }

  /// A file of a trial that cannot be read is left out, and said.
  @Test func aDamagedTrialIsLeftOut() throws {
    let program = try program()
    let trial = try #require(program.store.trials(of: "tiny").first)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: program.store.trial(trial, of: "tiny")))
    let outcome = try program.run(["report", "tiny"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("note: ") && outcome.errors.contains("\(trial).h5 is left out"))
  }

  @Test func faultsHaveTheirExitCodes() throws {
    let program = try program()
    let missing = try program.run(["report", "tiny", "-o", "nowhere/report.html"])
    #expect(
      missing.status == 74 && missing.errors.contains("the page cannot be written to nowhere/report.html"))
    #expect(try program.run(["report", "nothing.h5"]).status == 66)
    #expect(try program.run(["report", "tinny"]).errors.contains("did you mean \"tiny\"?"))
  }

  static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Results/lottery-lenet-mnist").standardizedFileURL

  /// The page that is kept of the lottery experiment is what its summary gives, to the byte.
  @Test func theLotterysPageIsThatOfItsSummary() throws {
    let program = try Program()
    let folder = program.results + "/lottery-lenet-mnist"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.shipped.path + "/summary.h5", toPath: folder + "/summary.h5")
    let outcome = try program.run(["report", "lottery-lenet-mnist", "--without-trials"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let kept = try Data(contentsOf: Self.shipped.appendingPathComponent("report.html"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/report.html")) == kept)
    #expect(kept.count < 1_000_000)
  }

  @Test(.enabled(if: Browser.python != nil, "Python and Chromium"))
  func chromiumReadsTheLotterysPage() throws {
    let outcome = try #require(
      Browser.check(Self.shipped.appendingPathComponent("report.html").path, ["--within", "3000"]))
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func plotsForVegaAndForTheTerminal() throws {
    let program = try program()
    let vega = try object(try program.run(["plot", "tiny", "--format", "vega"]).output)
    #expect(vega["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v5.json")
    #expect(try program.run(["plot", "tiny", "-o", "figure.json"]).status == 0)
    let letters = try program.run(["plot", "tiny", "--ascii"], environment: ["COLUMNS": "72"])
    #expect(letters.status == 0 && letters.output.contains("└"))
    for wrong in [
      ["--ascii", "--format", "vega"], ["--ascii", "-o", "x.svg"], ["--format", "vega", "-o", "x.svg"],
      ["--format", "svg", "-o", "x.json"],
    ] {
      #expect(try program.run(["plot", "tiny"] + wrong).status == 64, "\(wrong)")
    }
  }
}
