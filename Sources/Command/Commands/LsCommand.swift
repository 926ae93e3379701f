import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore

struct LsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List rows of summaries: one a trial and round, those that meet conditions.",
    discussion: """
      A condition is a column, a sign and a value, as criterion=magnitude,random, or an expression: comparisons (== != < <= > >=, ~ for a \
      part of a text), && || ! and parentheses, texts in quotes, numbers, lists as criterion in ["snip", "grasp"], words as "good" in tags.

      \(examples(
        "ls --where 'criterion == \"magnitude\" && sparsity > 0.9' --sort=-test_accuracy --limit 10",
        "ls \(anExperiment) --columns trial,seed,test_accuracy --format csv"))
      """)

  @Argument(
    help: ArgumentHelp("Summary files, or the experiments they belong to; else all.", valueName: "summary"),
    completion: Completions.results)
  var summaries: [String] = []

  @Option(
    name: .customLong("where"), parsing: .singleValue,
    help: ArgumentHelp("Only rows that meet a condition; may be repeated.", valueName: "condition"))
  var conditions: [String] = []

  @Option(
    help: "The columns, as trial,seed,test_accuracy, or all; else the name and what varies.",
    completion: Completions.columns)
  var columns: String?

  @Option(
    parsing: .unconditional,
    help: "Sort by columns, as criterion,-test_accuracy: with a minus the highest first.",
    completion: Completions.columns)
  var sort: String?

  @Option(help: "Print so many rows at most.")
  var limit: Int?

  @OptionGroup var form: TableFormOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit takes a number of rows, not \(limit)") }
    for (option, text) in [("--columns", columns), ("--sort", sort)] {
      if let text, text.split(separator: ",").isEmpty {
        throw ValidationError("\(option) takes names of columns, not nothing")
      }
    }
  }

  func run() throws { try foreign.contain { try list() } }

  private func list() throws {
    let stored = StoredResults(folder: results.folder)
    let paths =
      summaries.isEmpty
      ? results.folder.experiments.map(results.folder.summary) : try summaries.map(stored.summary)
    let summary = try SummaryRows(paths, isForeign: foreign.isForeign)
    let notes = try NotedTrials(summary)
    let filters = try conditions.map { text in try RowFilter(parsing: text) }
    let kept = try RowFilter.rows(summary.rows, meeting: filters, beside: notes.columns)
    var listing = try RowListing(
      kept, of: summary.rows, columns: columns?.split(separator: ",").map(String.init),
      beside: notes.columns, hasFurther: !notes.isEmpty)
    try listing.sort(by: sort?.split(separator: ",").map(String.init) ?? [])
    try Terminal.data(form.form().text(listing.table(limit: limit)))
    if let limit, limit < kept.count {
      Terminal.log("note: \(kept.count - limit) of \(kept.count) rows are not shown")
    }
  }
}
