import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore

/// Which results are drawn or tabulated, and how they are grouped.
struct CurveOptions: ParsableArguments {
  @Argument(help: "A summary file, or the experiment it belongs to.")
  var summary: String

  @Option(help: "The columns that tell curves apart, as criterion,schedule; else those that vary.")
  var by: String?

  @Option(
    help: """
      What stands around a mean: \(Band.allCases.map(\.rawValue).joined(separator: ", ")); else ci95, and minmax for analyses.
      """)
  var band: Band?

  @Option(help: "An analysis of the summary in place of its curves.")
  var analysis: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  /// The path of the summary.
  func path() throws -> String { try StoredResults(folder: results.folder).summary(summary) }

  /// The curves of the summary at a path.
  func curves(_ path: String) throws -> CurveSet {
    try CurveSet(
      try SummaryFile.read(path, isForeign: foreign.isForeign).rows,
      by: by.map { $0.split(separator: ",").map(String.init) })
  }

  /// The analysis of that name in the summary at a path.
  /// - Throws: a usage failure with the names there are.
  func table(_ name: String, _ path: String) throws -> NamedTable {
    let tables = try SummaryFile.read(path, isForeign: foreign.isForeign).analyses
    // An analysis is called `mask-overlap`, its table `mask_overlap`.
    let wanted = name.replacing("-", with: "_")
    if let table = tables.first(where: { $0.name == wanted }) { return table }
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
extension SparsityAxis: ExpressibleByArgument {}
