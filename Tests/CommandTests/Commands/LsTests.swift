import CoppiceStore
import Foundation
import Testing

@Suite struct LsTests {
  private func run(_ arguments: String...) throws -> Program.Outcome {
    try Sweeps.finished.get().run(["ls"] + arguments)
  }

  private func lines(_ outcome: Program.Outcome) -> [String] {
    outcome.output.split(separator: "\n").map(String.init)
  }

  @Test func rowsAreChosenSortedAndCut() throws {
    let stored = try SummaryFile.rows(try Sweeps.finished.get().store.summary(of: "tiny"))
    let all = lines(try run("tiny", "--columns", "trial,test_accuracy", "--format", "csv"))
    #expect(all.count == stored.count + 1 && all[0] == "trial,test_accuracy")
    #expect(all.dropFirst().map { $0.prefix { $0 != "," } } == stored.map { Substring($0.trial) })
    let chosen = lines(
      try run(
        "tiny", "--where", #"criterion == "magnitude" && sparsity > 0.5"#, "--where", "final=1", "--columns",
        "trial,sparsity", "--sort=-sparsity,trial", "--format", "csv"))
    let expected = stored.filter { $0.criterion == "magnitude" && $0.sparsity > 0.5 && $0.isFinal }
      .sorted { ($0.sparsity, $1.trial) > ($1.sparsity, $0.trial) }
    #expect(
      !expected.isEmpty
        && chosen.dropFirst().map { $0.prefix { $0 != "," } } == expected.map { Substring($0.trial) })
    let cut = try run("tiny", "--limit", "2", "--format", "csv")
    #expect(
      lines(cut).count == 3
        && cut.errors.contains("note: \(stored.count - 2) of \(stored.count) rows are not shown"))
  }

  @Test func everyFormAndAllSummaries() throws {
    #expect(try run("tiny").output.contains("test accuracy (%)"))
    #expect(try run("tiny", "--format", "latex").output.contains("\\toprule"))
    #expect(try run("tiny", "--format", "markdown").output.hasPrefix("| trial"))
    #expect(try (object(try run("tiny", "--json").output)["rows"] as? [Any])?.isEmpty == false)
    #expect(try run("--format", "csv").output == run("tiny", "--format", "csv").output)
    let empty = try Program()
    #expect(try empty.run(["ls"]).status == 0)
  }

  @Test(arguments: [
    (["--where", "kriterion == 1"], "did you mean \"criterion\"?"),
    (["--where", "sparsity >"], "at letter 11: a value is missing"),
    (["--where", "criterion == magnitude"], "A text stands in quotes"),
    (["--columns", "trail"], "no column 'trail'"), (["--sort", "trail"], "no column 'trail'"),
    (["--limit=-1"], "--limit takes a number of rows"), (["--columns", ","], "--columns takes names"),
  ])
  func slipsAreTold(options: [String], words: String) throws {
    let outcome = try Sweeps.finished.get().run(["ls", "tiny"] + options)
    #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func tablesAndPlotsTakeExpressionsToo() throws {
    let program = try Sweeps.finished.get()
    let short = try program.run(["table", "tiny", "--where", "criterion=magnitude", "--format", "csv"])
    let long = try program.run(["table", "tiny", "--where", #"criterion == "magnitude""#, "--format", "csv"])
    #expect(short.status == 0 && long.output == short.output)
    #expect(try program.run(["table", "tiny", "--format", "latex"]).output.contains("\\begin{tabular}"))
    let plot = try program.run(["plot", "tiny", "--where", #"criterion == "magnitude" && sparsity > 0"#])
    #expect(plot.status == 0 && !plot.output.contains(">random"))
  }
}
