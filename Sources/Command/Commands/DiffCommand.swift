import ArgumentParser
import Coppice
import CoppiceStore

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two trials or two summaries: settings, provenance, metrics, masks, weights.",
    discussion: """
      Of trials it says whether they are identical to the bit, or the first stage and step at which they part. Trials of summaries \
      are matched by their settings, and differences are paired by seed. What tells of the machine, as times, is not compared.

      Exit code 0 where the results are identical, 1 where they differ.

      \(examples(
        "diff \(anExperiment)/dense-seed0 \(anExperiment)/dense-seed1", "diff Results/\(anExperiment)/summary.h5 longer"))
      """)

  @Argument(
    help: ArgumentHelp("A trial, a summary file, or an experiment.", valueName: "one"),
    completion: Completions.results)
  var one: String

  @Argument(
    help: ArgumentHelp("What it is compared with, of the same kind.", valueName: "other"),
    completion: Completions.results)
  var other: String

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let stored = StoredResults(folder: results.folder)
    switch (try StoredResult(one, in: stored), try StoredResult(other, in: stored)) {
    case (.trial(let one), .trial(let other)):
      let report = TrialDiffReport(
        try TrialFile(one).record(), try TrialFile(other).record(),
        DataLibrary(data.folders, tables: results.folder.costs))
      try Terminal.data(format.json ? report.json : report.text(width: Terminal.tableWidth))
      if !report.difference.isIdentical { throw CommandFailure.someTrialsFailed }
    case (.summary(let one), .summary(let other)):
      let report = SummaryDiffReport(try SummaryFile.read(one), try SummaryFile.read(other))
      try Terminal.data(format.json ? report.json : report.text(width: Terminal.tableWidth))
      if !report.difference.isIdentical { throw CommandFailure.someTrialsFailed }
    case (let one, let other):
      throw CommandFailure(
        "\(self.one) is \(one.kind) and \(self.other) is \(other.kind): name two trials, or two summaries",
        CommandFailure.usage)
    }
  }
}
