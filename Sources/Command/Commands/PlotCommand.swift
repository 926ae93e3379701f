import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a measure against sparsity: the mean over seeds, with a band.",
    discussion: """
      With --analysis: what an analysis found. With --series, --layers, --classes or --weights: one trial, whose file or name stands in \
      the summary's place.

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

  @Option(
    help:
      "Quantities of a trial over its steps, one below the other, as sparsity,loss; of several trials: the means of their last rounds."
  )
  var series: String?

  @Flag(help: "The sparsity of each layer of a trial over its rounds.")
  var layers = false

  @Flag(help: "The test error of each class in a trial, first and last round.")
  var classes = false

  @Flag(help: "Histograms of the surviving weights of a trial, layer by layer.")
  var weights = false

  @Option(
    help: """
      As papers draw it, with error bars: lth (weights remaining, smallest to largest), shrinkbench (compression, change from dense).
      """)
  var style: FigureStyle?

  @Option(help: "A title in place of model, data set and measure; an empty one for none.")
  var title: String?

  @Option(help: "The width on the page, as 3.25in, 8.4cm, 84mm or 240pt.")
  var width: String?

  @Option(help: ArgumentHelp("The size of letters in points.", valueName: "points"))
  var fontSize: Double?

  enum Format: String, ExpressibleByArgument, CaseIterable { case svg, vega }

  @Option(help: "The form on standard output: svg, or vega for a specification of Vega-Lite with its data.")
  var format: Format?

  @Flag(help: "A preview of letters for the terminal.")
  var ascii = false

  @Option(
    name: .shortAndLong,
    help: "The file, .svg, .png, .pdf or .json for Vega-Lite; - or none for SVG on standard output.",
    completion: .file(extensions: ["svg", "png", "pdf", "json"]))
  var output: String?

  func validate() throws {
    if series != nil, curves.analysis != nil {
      throw ValidationError("--series draws a trial and --analysis a summary: give one of them")
    }
    let kinds = [
      (series != nil, "--series"), (layers, "--layers"), (classes, "--classes"), (weights, "--weights"),
      (curves.analysis != nil, "--analysis"), (style != nil, "--style"),
    ].filter(\.0).map(\.1)
    if kinds.count > 1 {
      throw ValidationError("\(kinds[0]) and \(kinds[1]) are two figures: give one of them")
    }
    if style != nil, x != SparsityAxis.remaining.rawValue || front {
      throw ValidationError(
        "--style has a horizontal axis of its own and no front: leave out \(front ? "--front" : "--x")")
    }
    for (option, text) in [("--series", series), ("--y", y), ("--x", x)] {
      if let text, text.split(separator: ",").isEmpty {
        throw ValidationError("\(option) takes the name of a column, not nothing")
      }
    }
    if ascii, format != nil || output ?? "-" != "-" {
      throw ValidationError("--ascii draws on the terminal and --format and -o do not: give one of them")
    }
    if let format, let output, output != "-", output.hasSuffix(".json") != (format == .vega) {
      throw ValidationError("--format vega is written to .json, and nothing else is")
    }
    _ = try page()
    _ = try limits(isPercent: false)
  }

  func run() throws { try curves.foreign.contain { try draw() } }

  private func draw() throws {
    let file = try output.flatMap { $0 == "-" ? nil : try FigureFile($0) }
    let figure = try figure()
    if ascii { return try Terminal.data(try Self.text(figure)) }
    guard let file else {
      return try Terminal.data(format == .vega ? try FigureFile.vegaLite(figure) : figure.svg)
    }
    try file.write(figure)
    Terminal.log("wrote \(file.path)")
  }

  /// The figure in letters, as wide as the terminal.
  private static func text(_ figure: any Figure) throws -> String {
    guard let figure = figure as? any TextFigure else {
      throw CommandFailure("a figure of this kind has no form in letters", CommandFailure.usage)
    }
    let text = figure.text(width: Terminal.tableWidth ?? 80)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private func figure() throws -> any Figure {
    let generator = "coppice \(Provenance.toolVersion)"
    let page = try page()
    if let series {
      var figure = try seriesFigure(series, generator)
      for index in figure.panels.indices {
        page.apply(to: &figure.panels[index])
        if logY { figure.panels[index].y.scale = .logarithmic }
      }
      return figure
    }
    if let figure = try trialFigure(generator) { return figure }
    if let name = curves.analysis {
      let summary = try curves.only("--analysis")
      let command = command(
        [summary],
        ["--analysis", name] + (curves.band.map { ["--band", $0.rawValue] } ?? [])
          + curves.conditions.flatMap { ["--where", $0] })
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
    if let style {
      let words =
        ["--style", style.rawValue, "--y", y] + (curves.band.map { ["--band", $0.rawValue] } ?? [])
        + (curves.by.map { ["--by", $0] } ?? []) + curves.conditions.flatMap { ["--where", $0] }
      let figure = try curves.curves(paths).figure(
        of: y, in: style, band: curves.band, title: title, command: command(paths, words),
        generator: generator)
      return try changed(figure, page)
    }
    let axis = SparsityAxis(rawValue: x)
    let column = axis == nil ? x : nil
    let set = try curves.curves(paths, along: column)
    let remarks = try curves.remarks(set, paths)
    var figure = try set.figure(
      of: y, against: axis ?? .remaining, column: column, hasFront: front, band: band, title: title,
      command: command(paths, words), generator: generator)
    for sentence in remarks.sentences { Terminal.log("note: \(sentence)") }
    figure.add(remarks)
    return try changed(figure, page)
  }

  /// Quantities over the steps of one trial, a curve a round, or over those of the last rounds of several, a curve a configuration.
  private func seriesFigure(_ series: String, _ generator: String) throws -> StackedFigure {
    let stored = StoredResults(folder: curves.results.folder)
    let paths = try curves.summaries.map { try stored.trial($0) }
    let names = series.split(separator: ",").map(String.init)
    let files = try paths.map { try TrialFile($0, isForeign: curves.foreign.isForeign) }
    guard files.count > 1 else {
      let log = try TrialLog(files[0])
      try check(names, among: log.names, of: "trial \(log.trial)")
      return log.figure(
        of: names, title: title, command: command(paths, ["--series", series]), generator: generator)
    }
    let logs = try TrialLogs(files)
    try check(names, among: logs.names, of: "the last round of these trials")
    let band = curves.band ?? .minmax
    return logs.figure(
      of: names, band: band, title: title,
      command: command(paths, ["--series", series, "--band", band.rawValue]), generator: generator)
  }

  /// The figure of one trial that is no line over its steps; `nil` where none is asked for.
  private func trialFigure(_ generator: String) throws -> (any Figure)? {
    guard
      let (option, nothing) = [
        (layers, "--layers", "prunable layer"), (classes, "--classes", "test error by class"),
        (weights, "--weights", "weight of a prunable layer"),
      ].first(where: \.0).map({ ($0.1, $0.2) })
    else { return nil }
    let path = try StoredResults(folder: curves.results.folder).trial(try curves.only(option))
    let file = try TrialFile(path, isForeign: curves.foreign.isForeign)
    let command = command([path], [option])
    let figure: (any Figure)? =
      if layers {
        try TrialLayers(file).figure(title: title, command: command, generator: generator)
      } else if classes {
        try TrialClasses(file).figure(title: title, command: command, generator: generator)
      } else {
        try TrialWeights(file).figure(title: title, command: command, generator: generator)
      }
    guard let figure else {
      throw CommandFailure("\(path) holds no \(nothing)", CommandFailure.badData)
    }
    guard let lines = figure as? LineFigure else { return figure }
    return try changed(lines, try page())
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

  private func check(_ names: [String], among known: [String], of subject: String) throws {
    guard let unknown = names.first(where: { !known.contains($0) }) else { return }
    throw CommandFailure(
      "\(subject) has no quantity \"\(unknown)\" over its steps"
        + (known.nearest(to: unknown).map { "; did you mean \"\($0)\"?" } ?? ".")
        + " There are: \(known.joined(separator: ", "))", CommandFailure.usage)
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

extension FigureStyle: ExpressibleByArgument {}
