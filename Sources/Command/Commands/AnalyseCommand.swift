import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct AnalyseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyse",
    abstract: "Ask analyses about the rounds of a finished experiment.",
    discussion: """
      Nothing is trained. `list analyses --fields` says what can be asked. The tables are put into the summary, where `table` and `plot` find \
      them by --analysis. What is measured is kept, and is not measured again. Networks are read from stored stages, else from trial files.

      \(examples(
        "analyse \(anExperiment) mask-overlap", "analyse \(anExperiment) dead-units layer-statistics --dry-run"))
      """)

  @Argument(help: "The experiment, or a summary file.", completion: Completions.results)
  var summary: String

  @Argument(
    help: ArgumentHelp(
      "The analyses; see `\(ProgramName.current) list analyses`.", valueName: "analysis"),
    completion: Completions.analyses)
  var analyses: [String]

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Set a field of the analyses that have it.", valueName: "field=value"))
  var fields: [String] = []

  @Flag(help: "Say what would be measured, and do nothing.")
  var dryRun = false

  @Option(
    help: "Threads that share each kernel (or COPPICE_THREADS; else one a core). Results do not depend on it."
  )
  var threads: Int?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions
  @OptionGroup var format: FormatOptions

  /// The most rows of a table that are printed for a person.
  private static let shownRows = 60

  func run() throws {
    let asked = try AnalysisFields(fields).analyses(analyses)
    let threads =
      try Environment.count(threads, "--threads", or: "COPPICE_THREADS")
      ?? ProcessInfo.processInfo.activeProcessorCount
    let (path, name, folder) = try StoredResults(folder: results.folder).located(summary)
    let library = data.library(folder)
    let catalogue = CatalogueTrials()
    let found = try SummaryAnalyses(of: path, name, in: folder, library: library) { catalogue[$0] }
    try data.report(library)
    tell(found.stored)
    if dryRun { return try outline(found, asked) }
    let interruption = Interruption()
    interruption.observeSignals()
    let progress = RunProgress(isQuiet: false)
    let answers = try found.run(asked, threads: threads, interruption: interruption) { progress.observe($0) }
    progress.end()
    guard let answers else {
      Terminal.log("interrupted; what was measured is kept, and the same command goes on from there")
      throw CommandFailure.interrupted
    }
    let tables = answers.flatMap(\.tables)
    if format.json { return try Terminal.data(json(found, tables)) }
    for (place, table) in tables.enumerated() { try print(table, isFirst: place == 0) }
    Terminal.log("wrote \(path)")
  }

  /// Says which rounds are left out and which trials cannot be measured.
  private func tell(_ stored: StoredRounds) {
    for (trial, reason) in stored.unplanned.prefix(3) {
      Terminal.log("note: nothing can be measured in \(trial), but its weights and masks are read: \(reason)")
    }
    if stored.unplanned.count > 3 {
      Terminal.log("note: so it is with \(stored.unplanned.count - 3) more trials")
    }
    for left in stored.leftOut.prefix(3) {
      Terminal.log("note: round \(left.round) of \(left.trial) is left out: \(left.reason)")
    }
    guard let first = stored.leftOut.first else { return }
    let more = stored.leftOut.count > 3 ? "\(stored.leftOut.count - 3) more rounds are left out; " : ""
    Terminal.log(
      "note: \(more)the `\(ProgramName.current) run` that made \(first.trial) makes its networks again")
  }

  private func outline(_ found: SummaryAnalyses, _ asked: [Analysis]) throws {
    let outlines = found.outline(asked)
    if format.json {
      return try Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)), ("summary", .text(found.path)),
          (
            "analyses",
            .list(
              outlines.map { outline in
                .members([
                  ("name", .text(outline.analysis.name)),
                  ("form", .text(outline.analysis.description)), ("rounds", .integer(outline.rounds)),
                  ("measurements", .integer(outline.measurements)),
                  ("stored_measurements", .integer(outline.storedMeasurements)),
                  ("stored", .flag(outline.isStored)),
                ])
              })
          ), ("left_out", leftOut(found.stored)),
        ]))
    }
    for outline in outlines {
      let measured =
        outline.measurements == 0
        ? "nothing is measured"
        : "\(outline.measurements - outline.storedMeasurements) measurements to make, \(outline.storedMeasurements) stored"
      try Terminal.data(
        "\(outline.analysis): \(outline.rounds) rounds, \(measured)"
          + (outline.isStored ? "; its answer is stored" : ""))
    }
  }

  private func print(_ table: NamedTable, isFirst: Bool) throws {
    let shown = table.rowCount > Self.shownRows ? table.taking(Array(0..<Self.shownRows)) : table
    var text = (isFirst ? "" : "\n") + table.heading + "\n\n" + shown.table.text(width: Terminal.tableWidth)
    if shown.rowCount < table.rowCount {
      text +=
        "… and \(table.rowCount - shown.rowCount) more rows: \(ProgramName.current) table "
        + "\(ShellWord.line([summary])) --analysis \(table.name.replacing("_", with: "-"))\n"
    }
    try Terminal.data(String(text.dropLast()))
  }

  private func json(_ found: SummaryAnalyses, _ tables: [NamedTable]) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("summary", .text(found.path)),
      ("rounds", .integer(found.stored.rounds.count)), ("left_out", leftOut(found.stored)),
      (
        "tables",
        .list(
          tables.map { table in
            .members([
              ("name", .text(table.name)), ("title", .text(table.title)),
              ("description", .text(table.description)),
              ("rows", JSON(parsing: table.table.json)?["rows"] ?? .list([])),
            ])
          })
      ),
    ])
  }

  private func leftOut(_ stored: StoredRounds) -> JSON {
    .list(
      stored.leftOut.map {
        .members([
          ("trial", .text($0.trial)), ("round", .integer($0.round)), ("reason", .text($0.reason)),
        ])
      })
  }
}

/// Trials of the catalogue's experiments by their configuration, looked up when one is asked for.
private final class CatalogueTrials {
  private lazy var trials: [String: Trial] = Dictionary(
    ExperimentCatalogue.experiments.flatMap { (try? $0.trials()) ?? [] }.map { ($0.configuration, $0) }
  ) { first, _ in first }

  subscript(configuration: String) -> Trial? { trials[configuration] }
}

/// Fields that are set in analyses.
struct AnalysisFields {
  private let fields: [(name: String, text: String)]

  /// - Throws: a usage failure where one is not `field=value`.
  init(_ texts: [String]) throws {
    fields = try texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw CommandFailure("--set takes field=value, not \"\(text)\"", CommandFailure.usage)
      }
      return (parts[0], parts[1])
    }
  }

  /// The analyses of these texts, with the fields in each that has them.
  /// - Throws: `ComponentError`, a usage failure where a field is of none of them.
  func analyses(_ texts: [String]) throws -> [Analysis] {
    let plain = try texts.map { try Analysis(parsing: $0) }
    let known = plain.flatMap { $0.specification.fields.map(\.name) }
    if let (name, _) = fields.first(where: { !known.contains($0.name) }) {
      throw CommandFailure(
        "\(plain.map(\.name).joined(separator: ", ")) has no field \(name)"
          + (known.nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? ""), CommandFailure.usage)
    }
    return try plain.map { analysis in
      let own = analysis.specification.fields.map { field in
        "\(field.name): \(fields.last { $0.name == field.name }?.text ?? field.value.description)"
      }
      return own.isEmpty
        ? analysis : try Analysis(parsing: "\(analysis.name)(\(own.joined(separator: ", ")))")
    }
  }
}
