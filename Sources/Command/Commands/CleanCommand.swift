import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Tell what can be removed and, where asked, remove it.",
    discussion: """
      Stages only save time: a run that needs them computes them again. Those that an unfinished sweep needs stay, as do all while \
      it cannot be told what a sweep needs, unless --all is given. A stage is as old as the time since it was written or last read \
      (told to the hour). Orphans are trial files that the summary beside \
      them does not name. What was set aside are damaged files, and those another program has written to, in whose place a run \
      has put new ones. Temporary files of processes that were killed go whenever anything else does. Summaries are never removed, \
      nor is any file that no run has written, nor what a link leads to. While a run is at work, nothing is removed.

      \(examples("clean", "clean --stages", "clean --stages --older-than 7d", "clean --stages --down-to 20GB"))
      """)

  @Flag(help: "Remove stored stages and checkpoints that no unfinished sweep needs.")
  var stages = false

  @Option(
    help: ArgumentHelp("Only stages that nobody wrote or read for so long, as 7d or 12h.", valueName: "age"))
  var olderThan: String?

  @Option(
    help: ArgumentHelp(
      "Only so many stages, the oldest first, that they take no more than this, as 20GB.", valueName: "size"))
  var downTo: String?

  @Flag(help: "Also stages that unfinished sweeps need.")
  var all = false

  @Flag(help: "Remove the trial files that are in no summary.")
  var orphans = false

  @Flag(help: "Remove the files that runs have set aside.")
  var setAside = false

  @Flag(help: "Remove nothing, and tell what would go.")
  var dryRun = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let bounds = try bounds()
    let isRemoving = !dryRun && (stages || orphans || setAside)
    let folder = results.folder
    let names = StoredResults(folder: folder).names
    if isRemoving { try refuseDuringRun(names) }
    let leftovers = Set(folder.stages.leftovers() + names.flatMap(folder.leftovers) + folder.ownLeftovers)
    let entries = folder.stages.entries()
    let needed = needed(entries, names)
    let cleaning = StageCleaning(entries, bounds) { needed?.mayContain($0) ?? false }
    let kinds = [
      Kind(
        "stages", Waste(cleaning.going), Self.stagesFlags(olderThan, downTo, all), stages && !dryRun,
        isLong: true),
      Kind("orphans", Waste(try orphanPaths(names)), "--orphans", orphans && !dryRun),
      Kind("set aside", Waste(names.flatMap(folder.setAsideFiles)), "--set-aside", setAside && !dryRun),
      Kind("temporary", Waste(leftovers.sorted()), "--stages, --orphans or --set-aside", isRemoving),
    ]
    for kind in kinds where kind.isRemoved { try remove(kind) }
    let links =
      (folder.stages.isLink ? [folder.stages.path] : []) + names.filter(folder.isLink).map(folder.folder)
    for link in links { Terminal.log("note: \(link) is a link, and nothing that it leads to is removed") }
    for doubt in needed?.doubts ?? [] {
      Terminal.log(
        "note: all stages are kept, because nobody can tell which of them \(doubt.name) needs: \(doubt.reason). "
          + "Remove them all the same with --stages --all")
    }
    if format.json { return try Terminal.data(json(kinds, cleaning, needed)) }
    for kind in kinds { for line in kind.lines { try Terminal.data(line) } }
    for line in Self.remarks(cleaning, needed, bounds) { try Terminal.data(line) }
  }

  // MARK: Stages

  private func bounds() throws -> StageCleaning.Bounds {
    var bounds = StageCleaning.Bounds(takesNeeded: all)
    if let olderThan { bounds.age = try TimeSpan(olderThan, of: "--older-than").seconds }
    if let downTo {
      guard let size = MemoryLimit(parsing: downTo, from: "--down-to"), size.bytes < Int.max else {
        throw CommandFailure(
          "--down-to is \"\(downTo)\", but must be a size as 20GB or 512MB", CommandFailure.usage)
      }
      bounds.bytes = size.bytes
    }
    return bounds
  }

  /// What unfinished sweeps need; `nil` where nobody asks, for there are no stages or all may go.
  private func needed(_ entries: [StageEntry], _ names: [String]) -> NeededStages? {
    guard !entries.isEmpty, !all else { return nil }
    return NeededStages(
      of: names, in: results.folder, library: DataLibrary(data.folders, tables: results.folder.costs)
    ) { try? ExperimentCatalogue.experiment($0) }
  }

  private static func stagesFlags(_ olderThan: String?, _ downTo: String?, _ all: Bool) -> String {
    "--stages" + (olderThan.map { " --older-than \($0)" } ?? "") + (downTo.map { " --down-to \($0)" } ?? "")
      + (all ? " --all" : "")
  }

  /// What is said of stages that stay.
  private static func remarks(
    _ cleaning: StageCleaning, _ needed: NeededStages?, _ bounds: StageCleaning.Bounds
  ) -> [String] {
    var lines: [String] = []
    if !cleaning.needed.isEmpty {
      let sweeps = needed?.sweeps.map(\.text) ?? []
      let owners = sweeps.isEmpty ? "" : " (\(sweeps.joined(separator: ", ")))"
      lines.append(
        "kept: \(Waste(cleaning.needed).text) of stages that unfinished sweeps \(sweeps.isEmpty ? "may need" : "need")"
          + "\(owners); remove them too with --all")
    }
    if let bytes = bounds.bytes, cleaning.left > bytes {
      lines.append(
        "stages still take \(megabytes(cleaning.left)): what is left is "
          + (bounds.age == nil ? "needed" : "needed or not old enough"))
    }
    return lines
  }

  // MARK: Others

  private func refuseDuringRun(_ names: [String]) throws {
    if let holder = results.folder.stages.holders.first {
      throw CommandFailure(
        "a run is at work here (\(holder.description)); clean when it has ended", CommandFailure.tryAgain)
    }
    for name in names {
      guard let run = results.folder.runs(of: name).last else { continue }
      throw CommandFailure(
        "\(name) is running as \(run.description); clean when it has ended", CommandFailure.tryAgain)
    }
  }

  /// Trial files that a summary beside them does not name; where there is no summary that can be read, none are orphans.
  private func orphanPaths(_ names: [String]) throws -> [String] {
    let folder = results.folder
    return names.flatMap { name -> [String] in
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

  private func remove(_ kind: Kind) throws {
    let (folder, stages) = (results.folder, results.folder.stages)
    for file in kind.waste.files {
      // A run may have begun since: what it is at work on stays.
      if let entry = file.entry, entry.kind != .outputs, stages.isHeld(entry.key) { continue }
      let code = folder.remove(file.path)
      guard code != 0 else { continue }
      throw CommandFailure(
        "\(file.path) cannot be removed: \(String(cString: strerror(code)))", CommandFailure.inputOutput)
    }
  }

  private func json(_ kinds: [Kind], _ cleaning: StageCleaning, _ needed: NeededStages?) -> String {
    let sweeps = needed?.sweeps.map {
      JSON.members([("name", .text($0.name)), ("unfinished", .integer($0.unfinished))])
    }
    let doubts = needed?.doubts.map {
      JSON.members([("name", .text($0.name)), ("reason", .text($0.reason))])
    }
    return JSON.object(
      [("schema_version", .integer(1))] + kinds.map(\.json) + [
        (
          "needed",
          .members([
            ("files", .list(cleaning.needed.map { .text($0.path) })),
            ("bytes", .integer(cleaning.needed.reduce(0) { $0 + $1.bytes })),
            ("sweeps", .list(sweeps ?? [])), ("doubts", .list(doubts ?? [])),
          ])
        )
      ])
  }
}

private func megabytes(_ bytes: Int) -> String { "\(NumberText.fixed(Double(bytes) / 1e6, decimals: 1)) MB" }

extension NeededStages.Sweep {
  /// `ladder: 3 trials`.
  fileprivate var text: String {
    switch unfinished {
    case 0: "\(name): its analyses"
    case 1: "\(name): 1 trial"
    default: "\(name): \(unfinished) trials"
    }
  }
}

/// Files that may go.
private struct Waste {
  let files: [(path: String, entry: StageEntry?)]
  let bytes: Int

  init(_ paths: [String]) {
    files = paths.map { ($0, nil) }
    bytes = paths.reduce(0) { sum, path in
      sum + ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0)
    }
  }

  init(_ entries: [StageEntry]) {
    files = entries.map { ($0.path, $0) }
    bytes = entries.reduce(0) { $0 + $1.bytes }
  }

  var text: String { "\(files.count) files, \(megabytes(bytes))" }
}

/// A kind of files that may go, and how it is asked for.
private struct Kind {
  let name: String
  let waste: Waste
  let flag: String
  let isRemoved: Bool
  /// Whether there are so many that a person is told their number alone.
  let isLong: Bool

  init(_ name: String, _ waste: Waste, _ flag: String, _ isRemoved: Bool, isLong: Bool = false) {
    (self.name, self.waste, self.flag, self.isRemoved, self.isLong) = (name, waste, flag, isRemoved, isLong)
  }

  var lines: [String] {
    ["\(name): \(waste.text)\(isRemoved ? " removed" : "; remove them with \(flag)")"]
      + (isLong ? [] : waste.files.map { "  \($0.path)" })
  }

  var json: (name: String, value: JSON) {
    (
      name.replacing(" ", with: "_"),
      .members([
        ("files", .list(waste.files.map { .text($0.path) })), ("bytes", .integer(waste.bytes)),
        ("removed", .flag(isRemoved)),
      ])
    )
  }
}
