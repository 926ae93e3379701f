import ArgumentParser
import Coppice

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "What experiments were expected to show of published claims, and what came of it.",
    discussion: """
      What is expected is written in an experiment before it is run. The verdict is that of the 95 % interval over seeds: reproduced \
      where it lies inside what is expected, refuted where it lies wholly outside.

      \(examples("claims", "claims --page > Results/README.md"))
      """)

  @Argument(
    help: ArgumentHelp("The experiments; else all.", valueName: "experiment"),
    completion: Completions.experiments)
  var names: [String] = []

  @Flag(help: "Print the page of the results folder, in Markdown.")
  var page = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if page, format.json { throw ValidationError("--page is Markdown and --json is not: give one of them") }
  }

  func run() throws {
    let experiments =
      names.isEmpty ? ExperimentCatalogue.experiments : try names.map(ExperimentCatalogue.experiment)
    let report = try ClaimReport(experiments, StoredResults(folder: results.folder))
    let text =
      page ? report.page : format.json ? report.table.json : report.table.text(width: Terminal.tableWidth)
    try Terminal.data(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
