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

      \(examples("plot \(anExperiment) -o accuracy.svg", "plot \(anExperiment) --x sparsity --y test_loss --by criterion -o loss.pdf"))
      """)

  @OptionGroup var curves: CurveOptions

  @Option(
    help: """
      The horizontal axis: \(SparsityAxis.allCases.map(\.rawValue).joined(separator: ", ")), or a numeric column of the index.
      """)
  var x = SparsityAxis.remaining.rawValue

  @Option(help: "The measure, a numeric column of the index.", completion: Completions.columns)
  var y = "test_accuracy"

  @Option(
    help: ArgumentHelp("The range of the vertical axis, in its unit, as 90,98.5.", valueName: "low,high"))
  var ylim: String?

  @Flag(help: "A logarithmic vertical axis.")
  var logY = false

  @Flag(help: "Draw the Pareto front: what no other network beats in the measure and on the horizontal axis.")
  var front = false

  @Option(help: "Quantities of a trial over its steps, one below the other, as sparsity,loss.")
  var series: String?

  @Option(help: "A title in place of model, data set and measure; an empty one for none.")
  var title: String?

  @Option(help: "The width on the page, as 3.25in, 8.4cm, 84mm or 240pt.")
  var width: String?

  @Option(help: ArgumentHelp("The size of letters in points.", valueName: "points"))
  var fontSize: Double?

  @Option(
    name: .shortAndLong, help: "The file, .svg, .png or .pdf; - or none for SVG on standard output.",
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var output: String?

  func validate() throws {
    if series != nil, curves.analysis != nil {
      throw ValidationError("--series draws a trial and --analysis a summary: give one of them")
    }
    for (option, text) in [("--series", series), ("--y", y), ("--x", x)] {
      if let text, text.split(separator: ",").isEmpty {
        throw ValidationError("\(option) takes the name of a column, not nothing")
      }
    }
    _ = try page()
    _ = try limits(isPercent: false)
  }

  func run() throws { try curves.foreign.contain { try draw() } }

  private func draw() throws {
    let file = try output.flatMap { $0 == "-" ? nil : try FigureFile($0) }
    let figure = try figure()
    guard let file else { return try Terminal.data(figure.svg) }
    try file.write(figure)
    Terminal.log("wrote \(file.path)")
  }

  private func figure() throws -> any Figure {
    let generator = "coppice \(Provenance.toolVersion)"
    let page = try page()
    if let series {
      let path = try StoredResults(folder: curves.results.folder).trial(try curves.only("--series"))
      let names = series.split(separator: ",").map(String.init)
      let log = try TrialLog(try TrialFile(path, isForeign: curves.foreign.isForeign))
      try check(names, of: log)
      var figure = log.figure(
        of: names, title: title, command: command([path], ["--series", series]), generator: generator)
      for index in figure.panels.indices {
        page.apply(to: &figure.panels[index])
        if logY { figure.panels[index].y.scale = .logarithmic }
      }
      return figure
    }
    if let name = curves.analysis {
      let summary = try curves.only("--analysis")
      let command = command(
        [summary], ["--analysis", name] + (curves.band.map { ["--band", $0.rawValue] } ?? []))
      let table = try curves.table(name, summary)
      if var matrix = table.matrix(title: title, command: command, generator: generator) {
        page.apply(to: &matrix)
        return matrix
      }
      if var panels = table.panels(
        title: title, band: curves.band ?? .minmax, command: command, generator: generator)
      {
        page.apply(to: &panels)
        return panels
      }
      let figure = table.figure(
        title: title, band: curves.band ?? .minmax, command: command, generator: generator)
      guard let figure else {
        throw CommandFailure(
          "the analysis \(name) has nothing to draw; see it with `\(ProgramName.current) table \(summary) --analysis \(name)`",
          CommandFailure.badData)
      }
      return try changed(figure, page)
    }
    let paths = try curves.paths()
    let band = curves.band ?? .ci95
    let words =
      ["--x", x, "--y", y, "--band", band.rawValue] + (curves.by.map { ["--by", $0] } ?? [])
      + curves.conditions.flatMap { ["--where", $0] } + (front ? ["--front"] : [])
    let axis = SparsityAxis(rawValue: x)
    let column = axis == nil ? x : nil
    let figure = try curves.curves(paths, along: column).figure(
      of: y, against: axis ?? .remaining, column: column, hasFront: front, band: band, title: title,
      command: command(paths, words), generator: generator)
    return try changed(figure, page)
  }

  /// The figure on its page, with the vertical axis that was asked for.
  private func changed(_ figure: LineFigure, _ page: FigurePage) throws -> any Figure {
    var figure = figure
    page.apply(to: &figure)
    if logY { figure.y.scale = .logarithmic }
    if let limits = try limits(isPercent: figure.y.format == .percent) { figure.y.limits = limits }
    return figure.withDetail
  }

  private func page() throws -> FigurePage { try FigurePage(width: width, fontSize: fontSize) }

  /// The range that was asked for, in the unit of the axis.
  private func limits(isPercent: Bool) throws -> ClosedRange<Double>? {
    guard let ylim else { return nil }
    let ends = ylim.split(separator: ",").compactMap { Double($0) }.filter(\.isFinite)
    guard ends.count == 2, ends[0] < ends[1], !logY || ends[0] > 0 else {
      throw ValidationError("--ylim takes two rising numbers, as 90,98.5\(logY ? ", above 0" : "")")
    }
    return isPercent ? ends[0] / 100...ends[1] / 100 : ends[0]...ends[1]
  }

  private func check(_ names: [String], of log: TrialLog) throws {
    guard let unknown = names.first(where: { !log.names.contains($0) }) else { return }
    throw CommandFailure(
      "trial \(log.trial) has no quantity \"\(unknown)\" over its steps"
        + (log.names.nearest(to: unknown).map { "; did you mean \"\($0)\"?" } ?? ".")
        + " There are: \(log.names.joined(separator: ", "))", CommandFailure.usage)
  }

  /// What draws the figure again.
  private func command(_ paths: [String], _ options: [String]) -> String {
    var words = [ProgramName.current, "plot"] + paths + options
    if let ylim { words += ["--ylim", ylim] }
    if logY { words.append("--log-y") }
    if let width { words += ["--width", width] }
    if let fontSize { words += ["--font-size", "\(fontSize)"] }
    if let title { words += ["--title", title] }
    if let output { words += ["-o", output] }
    return ShellWord.line(words)
  }
}
