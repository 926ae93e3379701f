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

  @Option(help: "What stands around a mean: \(Band.allCases.map(\.rawValue).joined(separator: ", ")).")
  var band = Band.ci95

  @OptionGroup var results: ResultsOptions

  /// The path of the summary.
  func path() throws -> String { try StoredResults(folder: results.folder).summary(summary) }

  /// The curves of the summary at a path.
  func curves(_ path: String) throws -> CurveSet {
    try CurveSet(
      try SummaryFile.read(path).rows, by: by.map { $0.split(separator: ",").map(String.init) })
  }
}

extension Band: ExpressibleByArgument {}
extension SparsityAxis: ExpressibleByArgument {}
