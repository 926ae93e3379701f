import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// Which results are drawn or tabulated, and how they are grouped.
struct CurveOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Summary files, or the experiments they belong to; several are shown together.", valueName: "summary"),
    completion: Completions.results)
  var summaries: [String]

  @Option(
    help: "The columns that tell curves apart, as criterion,schedule; else those that vary.",
    completion: Completions.columns)
  var by: String?

  @Option(
    help: """
      What stands around a mean: \(Band.allCases.map(\.rawValue).joined(separator: ", ")); else ci95, and minmax for analyses.
      """)
  var band: Band?

  @Option(help: "An analysis of the summary in place of its curves.", completion: Completions.analyses)
  var analysis: String?

  @Option(
    name: .customLong("where"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      Only rows that meet a condition, as criterion=magnitude or 'criterion == "snip" && sparsity > 0.9'; may be repeated.
      """, valueName: "condition"))
  var conditions: [String] = []

  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  /// The paths of the summaries.
  func paths() throws -> [String] {
    try summaries.map { try StoredResults(folder: results.folder).summary($0) }
  }

  /// The one summary that was named.
  /// - Throws: a usage failure where there are several, of which an analysis or a trial's steps cannot be shown together.
  func only(_ option: String) throws -> String {
    guard summaries.count == 1, let summary = summaries.first else {
      throw CommandFailure("\(option) shows one summary or trial at a time", CommandFailure.usage)
    }
    return summary
  }

  /// The rows of all summaries that meet the conditions. Those of several say which one they are of.
  func rows(_ paths: [String]) throws -> [IndexRow] {
    let rows = try SummaryRows(paths, isForeign: foreign.isForeign)
    let filters = try conditions.map { text in try RowFilter(parsing: text) }
    // Notes are read only where they are asked for.
    let speaks = filters.contains { $0.speaks(of: NotedTrials.columns) }
    let further = speaks ? try NotedTrials(rows).columns : []
    return try RowFilter.curveRows(rows.rows, meeting: filters, beside: further)
  }

  /// What is to be said of curves that do not differ in what their labels name alone.
  func remarks(_ curves: CurveSet, _ paths: [String]) throws -> CurveSet.Remarks {
    try curves.remarks(try SummaryRows.comparability(paths, isForeign: foreign.isForeign))
  }

  /// The curves of the summaries at these paths, over the sparsity or a column.
  func curves(_ paths: [String], along column: String? = nil) throws -> CurveSet {
    try CurveSet(
      try rows(paths), by: by.map { $0.split(separator: ",").map(String.init) }, along: column)
  }

  /// The analysis of that name in a summary: its rows that meet the conditions.
  /// - Throws: a usage failure with the names there are.
  func table(_ name: String, _ summary: String) throws -> NamedTable {
    let path = try StoredResults(folder: results.folder).summary(summary)
    let tables = try SummaryFile.analyses(path, isForeign: foreign.isForeign)
    // An analysis is called `mask-overlap`, its table `mask_overlap`.
    let wanted = name.replacing("-", with: "_")
    if let table = tables.first(where: { $0.name == wanted }) {
      let filters = try conditions.map { text in try RowFilter(parsing: text) }
      return filters.isEmpty ? table : try RowFilter.rows(of: table, meeting: filters)
    }
    let names = tables.map(\.name)
    guard !names.isEmpty else {
      throw CommandFailure("\(path) has no analyses", CommandFailure.inputMissing)
    }
    throw CommandFailure(
      "\(path) has no analysis \"\(name)\""
        + (names.nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? ".")
        + " There are: \(names.joined(separator: ", "))", CommandFailure.usage)
  }
}

extension Band: ExpressibleByArgument {}
