import ArgumentParser
import CoppiceReporting
import CoppiceStore

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Print the results of a summary as a table, with the mean over seeds.",
    discussion: examples(
      "table \(anExperiment)", "table \(anExperiment) --y test_accuracy,test_loss --format csv"))

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

  @Flag(
    help:
      "Also the standard deviation, the standard error, the least and the greatest value of every measure.")
  var statistics = false

  @OptionGroup var form: TableFormOptions

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
    if showsRows { return try printRows(try curves.rows(paths)) }
    let measures = measures.split(separator: ",").map(String.init)
    let set = try curves.curves(paths)
    for sentence in try curves.remarks(set, paths).sentences { Terminal.log("note: \(sentence)") }
    try print(
      try set.table(
        of: measures, frontAgainst: front, band: curves.band ?? .ci95,
        hasStatistics: statistics))
  }

  /// Prints rows as they are. As CSV they are printed piece by piece: very many with all their columns would not fit into memory.
  private func printRows(_ rows: [IndexRow]) throws {
    guard form.form(unless: .csv) == .csv else { return try print(Table(rows)) }
    let names = IndexRow.columnNames(of: rows)
    let size = 2_000
    for start in stride(from: 0, to: max(1, rows.count), by: size) {
      let text = Table(Array(rows[start..<min(start + size, rows.count)]), columns: names).commaSeparated
      // The names of the columns stand above the first piece alone.
      let lines =
        start == 0 ? text[...] : text[text.index(after: text.firstIndex(of: "\n") ?? text.startIndex)...]
      try Terminal.data(String(lines.dropLast()))
    }
  }

  /// Prints a table in the form that was asked for, else in that of its kind; people get its heading too.
  private func print(_ table: Table, under heading: String? = nil, unless other: TableForm = .text) throws {
    let form = form.form(unless: other)
    let top = form == .text ? heading.map { $0 + "\n\n" } ?? "" : ""
    try Terminal.data(top + form.text(table))
  }
}
