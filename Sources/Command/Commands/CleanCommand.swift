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
      them does not name. What was set aside are damaged files, and those another program has written to, in whose place a run
      has put new ones. Temporary files of processes that were killed go whenever anything else does. Summaries are never removed,
      nor is any file that no run has written, nor what a link leads to.

      \(examples("clean", "clean --stages"))
      """)

  @Flag(help: "Remove all stored stages and checkpoints.")
  var stages = false

  @Flag(help: "Remove the trial files that are in no summary.")
  var orphans = false

  @Flag(help: "Remove the files that runs have set aside.")
  var setAside = false

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
    let isRemoving = stages || orphans || setAside
    if isRemoving { try refuseDuringRun() }
    let folder = results.folder
    let names = StoredResults(folder: folder).names
    let leftovers = Set(folder.stages.leftovers() + names.flatMap(folder.leftovers) + folder.ownLeftovers)
    let kinds = [
      Kind("stages", folder.stages.paths(), "--stages", stages),
      Kind("orphans", try orphanPaths(), "--orphans", orphans),
      Kind("set aside", names.flatMap(folder.setAsideFiles), "--set-aside", setAside),
      Kind("temporary", leftovers.sorted(), "--stages, --orphans or --set-aside", isRemoving),
    ]
    for kind in kinds where kind.isRemoved { try remove(kind.waste) }
    let links =
      (folder.stages.isLink ? [folder.stages.path] : []) + names.filter(folder.isLink).map(folder.folder)
    for link in links { Terminal.log("note: \(link) is a link, and nothing that it leads to is removed") }
    if format.json {
      let members = kinds.map { kind in
        (
          kind.name.replacing(" ", with: "_"),
          JSON.members([
            ("files", .list(kind.waste.paths.map(JSON.text))), ("bytes", .integer(kind.waste.bytes)),
            ("removed", .flag(kind.isRemoved)),
          ])
        )
      }
      return try Terminal.data(JSON.object([("schema_version", .integer(1))] + members))
    }
    for kind in kinds {
      try Terminal.data(
        "\(kind.name): \(kind.waste.text)\(kind.isRemoved ? " removed" : "; remove them with \(kind.flag)")")
      guard kind.name != "stages" else { continue }
      for path in kind.waste.paths { try Terminal.data("  \(path)") }
    }
  }

  /// A kind of files that may go, and how it is asked for.
  private struct Kind {
    let name: String
    let waste: Waste
    let flag: String
    let isRemoved: Bool

    init(_ name: String, _ paths: [String], _ flag: String, _ isRemoved: Bool) {
      (self.name, waste, self.flag, self.isRemoved) = (name, Waste(paths), flag, isRemoved)
    }
  }

  private func refuseDuringRun() throws {
    if let holder = results.folder.stages.holders.first {
      throw CommandFailure(
        "a run is at work here (\(holder.description)); clean when it has ended", CommandFailure.tryAgain)
    }
    for name in StoredResults(folder: results.folder).names {
      guard let run = results.folder.runs(of: name).last else { continue }
      throw CommandFailure(
        "\(name) is running as \(run.description); clean when it has ended", CommandFailure.tryAgain)
    }
  }

  /// Trial files that a summary beside them does not name; where there is no summary that can be read, none are orphans.
  private func orphanPaths() throws -> [String] {
    let folder = results.folder
    return StoredResults(folder: folder).names.flatMap { name -> [String] in
      let known: Set<String>
      do throws(StoreError) {
        known = Set(try SummaryFile.rows(folder.summary(of: name)).map(\.trial))
      } catch {
        if !error.isMissingFile { Terminal.log("no orphans told of \(name): \(error)") }
        return []
      }
      return folder.ownTrials(of: name).filter { !known.contains($0) }.map { folder.trial($0, of: name) }
    }
  }

  private func remove(_ waste: Waste) throws {
    for path in waste.paths {
      let code = results.folder.remove(path)
      guard code != 0 else { continue }
      throw CommandFailure(
        "\(path) cannot be removed: \(String(cString: strerror(code)))", CommandFailure.inputOutput)
    }
  }
}
