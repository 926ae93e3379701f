import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a measure against sparsity: the mean over seeds, with a band.",
    discussion: """
      With --analysis: what an analysis found. With --series: quantities over the steps of one trial, whose file or name \
      stands in the summary's place.
      """)

  @OptionGroup var curves: CurveOptions

  @Option(help: "The horizontal axis: \(SparsityAxis.allCases.map(\.rawValue).joined(separator: ", ")).")
  var x = SparsityAxis.remaining

  @Option(help: "The measure, a numeric column of the index.")
  var y = "test_accuracy"

  @Option(help: "Quantities of a trial over its steps, one below the other, as sparsity,loss.")
  var series: String?

  @Option(help: "A title in place of model, data set and measure.")
  var title: String?

  @Option(name: .shortAndLong, help: "The file, .svg, .png or .pdf; else SVG on standard output.")
  var output: String?

  func validate() throws {
    if series != nil, curves.analysis != nil {
      throw ValidationError("--series draws a trial and --analysis a summary: give one of them")
    }
  }

  func run() throws { try curves.foreign.contain { try draw() } }

  private func draw() throws {
    let file = try output.map { try FigureFile($0) }
    let figure = try figure()
    guard let file else { return try Terminal.data(figure.svg) }
    try file.write(figure)
    Terminal.log("wrote \(file.path)")
  }

  private func figure() throws -> any Figure {
    let generator = "coppice \(Provenance.toolVersion)"
    if let series {
      let path = try StoredResults(folder: curves.results.folder).trial(curves.summary)
      let names = series.split(separator: ",").map(String.init)
      let log = try TrialLog(try TrialFile(path, isForeign: curves.foreign.isForeign))
      try check(names, of: log)
      return log.figure(
        of: names, title: title, command: command(path, ["--series", series]), generator: generator)
    }
    let path = try curves.path()
    if let name = curves.analysis {
      let command = command(
        path, ["--analysis", name] + (curves.band.map { ["--band", $0.rawValue] } ?? []))
      let figure = try curves.table(name, path).figure(
        title: title, band: curves.band ?? .minmax, command: command, generator: generator)
      guard let figure else {
        throw CommandFailure(
          "the analysis \(name) has nothing to draw; see it with `coppice table \(path) --analysis \(name)`",
          CommandFailure.badData)
      }
      return figure
    }
    let band = curves.band ?? .ci95
    let words =
      ["--x", x.rawValue, "--y", y, "--band", band.rawValue] + (curves.by.map { ["--by", $0] } ?? [])
    return try curves.curves(path).figure(
      of: y, against: x, band: band, title: title, command: command(path, words), generator: generator)
  }

  private func check(_ names: [String], of log: TrialLog) throws {
    guard let unknown = names.first(where: { !log.names.contains($0) }) else { return }
    throw CommandFailure(
      "trial \(log.trial) has no quantity \"\(unknown)\" over its steps"
        + (log.names.nearest(to: unknown).map { "; did you mean \"\($0)\"?" } ?? ".")
        + " There are: \(log.names.joined(separator: ", "))", CommandFailure.usage)
  }

  /// What draws the figure again.
  private func command(_ path: String, _ options: [String]) -> String {
    var words = ["coppice", "plot", path] + options
    if let title { words += ["--title", "\"\(title)\""] }
    if let output { words += ["-o", output] }
    return words.joined(separator: " ")
  }
}
