import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page from a summary: figures to read and filter, tables, checklist, provenance.",
    discussion: """
      One HTML file that needs no network and no other file. Layers, invariants and learning curves stand on it where the files of \
      the trials lie beside the summary.

      \(examples("report \(anExperiment)", "report \(anExperiment) -o report.html"))
      """)

  @Argument(help: "A summary file, or the experiment it belongs to.", completion: Completions.results)
  var summary: String

  @Option(
    name: .shortAndLong, help: "The file; - for standard output; else report.html beside the summary.",
    completion: .file(extensions: ["html"]))
  var output: String?

  @Flag(help: "Leave the files of the trials out: the page says what the summary alone says.")
  var withoutTrials = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  func run() throws { try foreign.contain { try report() } }

  private func report() throws {
    let path = try StoredResults(folder: results.folder).summary(summary)
    let page = try ReportPage(
      path, named: summary, results: StoredResults(folder: results.folder), hasTrials: !withoutTrials,
      isForeign: foreign.isForeign)
    for fault in page.faults { Terminal.log("note: \(fault)") }
    let html = try page.report.html
    if output == "-" { return try Terminal.data(html.hasSuffix("\n") ? String(html.dropLast()) : html) }
    let file = output ?? (path as NSString).deletingLastPathComponent.appending("/report.html")
    try OutputFile.write(Data(html.utf8), to: file, as: "page")
    Terminal.log("wrote \(file)")
  }
}
