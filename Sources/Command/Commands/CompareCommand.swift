import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compare conditions with the first of them, or all with all: differences paired by seed, with tests.",
    discussion: """
      Each condition is a set of rows: a column, a sign and a value, several joined by commas, or an expression in quotes. Rows are \
      paired by seed and by everything else that varies, as the sparsity. p is that of the paired t test, with Holm's correction over \
      all lines; beside it stand the exact tests of Wilcoxon and of signs, and the least p that so many pairs allow.

      \(examples(
        "compare \(anExperiment) criterion=magnitude criterion=random --at sparsity=0.9",
        "compare \(anExperiment) --by schedule --matrix"))
      """)

  @Argument(
    help: ArgumentHelp(
      "Summary files or experiments, then the conditions, the first of which the others are compared with.",
      valueName: "summary or condition"), completion: Completions.results)
  var words: [String]

  @Option(
    name: .customLong("y"), help: "The measure, a numeric column of the index.",
    completion: Completions.columns)
  var measure = "test_accuracy"

  @Option(
    help: "Compare the values of a column, the first with all others, in place of conditions.",
    completion: Completions.columns)
  var by: String?

  @Option(help: "The value of that column that the others are compared with.")
  var against: String?

  @Flag(help: "Compare all with all.")
  var matrix = false

  @Option(
    name: [.customLong("at"), .customLong("where")], parsing: .singleValue,
    help: ArgumentHelp(
      "What all must meet besides, as target_sparsity=0.9; may be repeated.", valueName: "condition"))
  var conditions: [String] = []

  @Option(
    name: .shortAndLong, help: "Draw --matrix to this file, .svg, .png or .pdf.",
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var output: String?

  @OptionGroup var form: TableFormOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var foreign: ForeignOptions

  func validate() throws {
    if output != nil, !matrix { throw ValidationError("--output draws all with all: give --matrix too") }
    if against != nil, by == nil { throw ValidationError("--against names a value of the column of --by") }
  }

  func run() throws { try foreign.contain { try compare() } }

  private func compare() throws {
    let stored = StoredResults(folder: results.folder)
    let sides = words.filter { !stored.isSummary($0) }
      .filter { $0.contains { "=<>~".contains($0) } }
    let paths = try words.filter { !sides.contains($0) }.map(stored.summary)
    guard !paths.isEmpty else {
      throw CommandFailure("compare takes a summary before the conditions", CommandFailure.usage)
    }
    let summary = try SummaryRows(paths, isForeign: foreign.isForeign)
    let chosen = try sides.map { text in try Comparison.Side(parsing: text) } + columnSides(summary.rows)
    guard chosen.count > 1 else {
      throw CommandFailure(
        "compare takes at least two conditions, as criterion=magnitude criterion=random, or --by with a column of several values",
        CommandFailure.usage)
    }
    let further = try NotedTrials(summary).columns
    let comparison = try Comparison(
      summary.rows, sides: chosen, metric: measure,
      meeting: try conditions.map { text in try RowFilter(parsing: text) }, beside: further,
      isMatrix: matrix)
    let file = try output.map { try FigureFile($0) }
    let form = form.form()
    try Terminal.data(form.text(matrix && !form.isForPrograms ? comparison.matrix : comparison.table))
    let remarks = comparison.remarks(try SummaryRows.comparability(paths, isForeign: foreign.isForeign))
    for note in comparison.notes + remarks { Terminal.log("note: \(note)") }
    guard let file else { return }
    guard let figure = comparison.figure(command: command, generator: "coppice \(Provenance.toolVersion)")
    else {
      throw CommandFailure(
        "the figure shows all with all at one place, and they meet at several, by "
          + "\(comparison.columns.joined(separator: ", ")): choose one with --at", CommandFailure.usage)
    }
    try file.write(figure)
    Terminal.log("wrote \(file.path)")
  }

  /// What draws the figure again.
  private var command: String {
    var line = [ProgramName.current, "compare"] + words + ["--y", measure, "--matrix"]
    if let by { line += ["--by", by] }
    if let against { line += ["--against", against] }
    line += conditions.flatMap { ["--at", $0] }
    if let output { line += ["-o", output] }
    return ShellWord.line(line)
  }

  /// A side for each value of the column of `--by` that pruned networks have, that of `--against` first.
  private func columnSides(_ rows: [IndexRow]) throws -> [Comparison.Side] {
    guard let by else { return [] }
    var values = try Comparison.values(of: by, in: rows)
    if let against {
      guard let place = values.firstIndex(of: against) else {
        throw CommandFailure(
          "\(by) is never \"\(against)\"" + values.instead(of: against), CommandFailure.usage)
      }
      values.insert(values.remove(at: place), at: 0)
    }
    return values.map { Comparison.Side(by, is: $0) }
  }
}
