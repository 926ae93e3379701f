import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Tell what can be removed and, where asked, remove it.",
    discussion: """
      Stages only save time: a run that needs them computes them again. Orphans are trial files that the summary beside
      them does not name. Summaries are never removed.

      \(examples("clean", "clean --stages"))
      """)

  @Flag(help: "Remove all stored stages and checkpoints.")
  var stages = false

  @Flag(help: "Remove the trial files that are in no summary.")
  var orphans = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  /// Files that may go.
  private struct Waste {
    let paths: [String]
    let bytes: Int

    init(_ paths: [String]) {
      self.paths = paths
      bytes = paths.reduce(0) { sum, path in
        sum + ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0)
      }
    }

    var text: String {
      "\(paths.count) files, \(NumberText.fixed(Double(bytes) / 1e6, decimals: 1)) MB"
    }
  }

  func run() throws {
    if stages || orphans { try refuseDuringRun() }
    let stageFiles = Waste(results.folder.stages.paths())
    let orphanFiles = Waste(try orphanPaths())
    if stages { try remove(stageFiles) }
    if orphans { try remove(orphanFiles) }
    if format.json {
      func member(_ waste: Waste, _ isRemoved: Bool) -> JSON {
        .members([
          ("files", .list(waste.paths.map(JSON.text))), ("bytes", .integer(waste.bytes)),
          ("removed", .flag(isRemoved)),
        ])
      }
      return try Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)), ("stages", member(stageFiles, stages)),
          ("orphans", member(orphanFiles, orphans)),
        ]))
    }
    try Terminal.data("stages: \(stageFiles.text)\(stages ? " removed" : "; remove them with --stages")")
    try Terminal.data("orphans: \(orphanFiles.text)\(orphans ? " removed" : "; remove them with --orphans")")
    for path in orphanFiles.paths { try Terminal.data("  \(path)") }
  }

  private func refuseDuringRun() throws {
    for name in StoredResults(folder: results.folder).names {
      let entries = try Journal.entries(of: JournalEntry.self, in: results.folder.journal(of: name))
      guard let process = ExperimentStatus.process(in: entries) else { continue }
      throw CommandFailure(
        "\(name) is running as process \(process); clean when it has ended", CommandFailure.tryAgain)
    }
  }

  /// Trial files that a summary beside them does not name; where there is no summary that can be read, none are orphans.
  private func orphanPaths() throws -> [String] {
    let folder = results.folder
    return StoredResults(folder: folder).names.flatMap { name -> [String] in
      guard let rows = try? SummaryFile.read(folder.summary(of: name)).rows else { return [] }
      let known = Set(rows.map(\.trial))
      return folder.trials(of: name).filter { !known.contains($0) }.map { folder.trial($0, of: name) }
    }
  }

  private func remove(_ waste: Waste) throws {
    for path in waste.paths where unlink(path) != 0 && errno != ENOENT {
      throw CommandFailure(
        "\(path) cannot be removed: \(String(cString: strerror(errno)))", CommandFailure.inputOutput)
    }
  }
}
