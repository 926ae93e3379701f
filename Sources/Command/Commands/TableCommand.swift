import ArgumentParser
import CoppiceReporting

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Print the results of a summary as a table, with the mean over seeds.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, csv, json }

  @OptionGroup var curves: CurveOptions

  @Option(name: .customLong("y"), help: "The measures, as test_accuracy,test_loss.")
  var measures = "test_accuracy"

  @Option(help: "The form of the table.")
  var format: Format?

  @Flag(help: "As --format json.")
  var json = false

  func run() throws { try curves.foreign.contain { try tabulate() } }

  private func tabulate() throws {
    let path = try curves.path()
    if let name = curves.analysis {
      let analysis = try curves.table(name, path)
      return try print(analysis.table, under: analysis.heading)
    }
    let measures = measures.split(separator: ",").map(String.init)
    try print(try curves.curves(path).table(of: measures, band: curves.band ?? .ci95))
  }

  /// Prints a table in the form that was asked for; people get its heading too.
  private func print(_ table: Table, under heading: String? = nil) throws {
    let text =
      switch format ?? (json ? .json : .text) {
      case .text: (heading.map { $0 + "\n\n" } ?? "") + table.text(width: Terminal.tableWidth)
      case .markdown: table.markdown
      case .csv: table.commaSeparated
      case .json: table.json
      }
    try Terminal.data(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
