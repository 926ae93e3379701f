import ArgumentParser
import CoppiceReporting

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Print the results of a summary as a table, with the mean over seeds.",
    discussion: examples(
      "table \(anExperiment)", "table \(anExperiment) --y test_accuracy,test_loss --format csv"))

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, csv, json }

  @OptionGroup var curves: CurveOptions

  @Option(
    name: .customLong("y"), help: "The measures, as test_accuracy,test_loss.", completion: Completions.columns
  )
  var measures = "test_accuracy"

  @Option(
    help: ArgumentHelp(
      "Mark what no other line beats in the first measure and in this column, as flops_compacted.",
      valueName: "cost"), completion: Completions.columns)
  var front: String?

  @Option(help: "The form of the table.")
  var format: Format?

  @Flag(help: "As --format json.")
  var json = false

  @Flag(name: .customLong("rows"), help: "The rows of the index as they are, one a trial and round; as CSV.")
  var showsRows = false

  func validate() throws {
    if measures.split(separator: ",").isEmpty {
      throw ValidationError("--y takes the names of measures, as test_accuracy,test_loss")
    }
    if showsRows, curves.analysis != nil {
      throw ValidationError("--rows prints the index and --analysis what was found: give one of them")
    }
  }

  func run() throws { try curves.foreign.contain { try tabulate() } }

  private func tabulate() throws {
    let paths = try curves.paths()
    if let name = curves.analysis {
      let analysis = try curves.table(name, try curves.only("--analysis"))
      return try print(analysis.table, under: analysis.heading)
    }
    if showsRows { return try print(Table(try curves.rows(paths)), unless: .csv) }
    let measures = measures.split(separator: ",").map(String.init)
    try print(
      try curves.curves(paths).table(
        of: measures, frontAgainst: front, band: curves.band ?? .ci95))
  }

  /// Prints a table in the form that was asked for, else in that of its kind; people get its heading too.
  private func print(_ table: Table, under heading: String? = nil, unless other: Format = .text) throws {
    let text =
      switch format ?? (json ? .json : other) {
      case .text: (heading.map { $0 + "\n\n" } ?? "") + table.text(width: Terminal.tableWidth)
      case .markdown: table.markdown
      case .csv: table.commaSeparated
      case .json: table.json
      }
    try Terminal.data(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
