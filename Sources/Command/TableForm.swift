import ArgumentParser
import CoppiceReporting

/// The form in which a table is printed.
enum TableForm: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, latex, csv, json

  /// Whether a program reads it: then no notes for people stand in it.
  var isForPrograms: Bool { [.csv, .json].contains(self) }

  /// The table in this form, without an end of line behind it.
  func text(_ table: Table) -> String {
    let text =
      switch self {
      case .text: table.text(width: Terminal.tableWidth)
      case .markdown: table.markdown
      case .latex: table.latex
      case .csv: table.commaSeparated
      case .json: table.json
      }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

/// The form of a table that a command prints.
struct TableFormOptions: ParsableArguments {
  @Option(help: "The form of the table.")
  var format: TableForm?

  @Flag(help: "As --format json.")
  var json = false

  /// What was asked for, else `other`.
  func form(unless other: TableForm = .text) -> TableForm { format ?? (json ? .json : other) }
}
