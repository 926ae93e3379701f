import ArgumentParser
import Coppice
import CoppiceReporting
import Foundation

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a measure against sparsity: the mean over seeds, with a band.")

  @OptionGroup var curves: CurveOptions

  @Option(help: "The horizontal axis: \(SparsityAxis.allCases.map(\.rawValue).joined(separator: ", ")).")
  var x = SparsityAxis.remaining

  @Option(help: "The measure, a numeric column of the index.")
  var y = "test_accuracy"

  @Option(help: "A title in place of model, data set and measure.")
  var title: String?

  @Option(name: .shortAndLong, help: "The file, .svg, .png or .pdf; else SVG on standard output.")
  var output: String?

  func run() throws {
    let file = try output.map { try FigureFile($0) }
    let path = try curves.path()
    let figure = try curves.curves(path).figure(
      of: y, against: x, band: curves.band, title: title, command: command(path),
      generator: "coppice \(Provenance.toolVersion)")
    guard let file else { return try Terminal.data(figure.svg) }
    try file.write(figure)
    Terminal.log("wrote \(file.path)")
  }

  /// What draws the figure again.
  private func command(_ path: String) -> String {
    var words = ["coppice", "plot", path, "--x", x.rawValue, "--y", y, "--band", curves.band.rawValue]
    if let by = curves.by { words += ["--by", by] }
    if let title { words += ["--title", "\"\(title)\""] }
    if let output { words += ["-o", output] }
    return words.joined(separator: " ")
  }
}
