import CoppiceHDF5
import CoppiceStore
import CoppiceTerms
import Foundation

/// Results of several machines, joined to those of one sweep. What is joined is only read.
package struct ResultsMerge: Sendable {
  /// The trials of all parts, each once, in the order of the sweep as far as the parts show it.
  package private(set) var entries: [ResultsPart.Entry] = []
  /// The trials that several parts have, with the same results.
  package private(set) var shared = 0
  /// What a reader should know, a sentence each.
  package private(set) var notes: [String] = []
  private let parts: [ResultsPart]

  /// Joins parts.
  ///
  /// - Parameters:
  ///   - preferred: the folder whose trials count where others have the same ones with other bits; `nil` for none.
  ///   - swept: the settings in which parts may differ as wholes, besides the seed.
  /// - Throws: `MergeError.conflicts`, `StoreError`.
  package init(_ parts: [ResultsPart], preferred: String? = nil, swept: Set<String> = []) throws {
    self.parts = parts
    if let preferred, !parts.contains(where: { $0.folder == preferred }) {
      throw MergeError.notAPart(preferred)
    }
    let faults = Self.faults(parts, swept)
    guard faults.isEmpty else { throw MergeError.conflicts(faults, canPrefer: false) }
    var places: [String: Int] = [:]
    var names: Set<String> = []
    var owners: [String] = []
    var conflicts: [String] = []
    for part in parts {
      for entry in part.entries {
        let identity = entry.identity
        guard let place = places[identity] else {
          if !names.insert(entry.name).inserted {
            conflicts.append("\(entry.name): \(part.folder) has another trial of this name")
          }
          places[identity] = entries.count
          entries.append(entry)
          owners.append(part.folder)
          continue
        }
        guard let difference = try Self.difference(entries[place], entry) else {
          shared += 1
          // A file says more than a row.
          if entries[place].file == nil, entry.file != nil { entries[place] = entry }
          continue
        }
        guard let preferred, [part.folder, owners[place]].contains(preferred) else {
          conflicts.append(
            "\(entry.name): other bits in \(part.folder) than in \(owners[place]): \(difference)")
          continue
        }
        notes.append("\(entry.name) has other bits in one of the parts; that of \(preferred) counts")
        if part.folder == preferred { (entries[place], owners[place]) = (entry, part.folder) }
      }
      if !part.passedOver.isEmpty {
        notes.append(
          "\(part.passedOver.count) trials of \(part.folder) have not ended or are not in its summary")
      }
    }
    guard conflicts.isEmpty else { throw MergeError.conflicts(conflicts, canPrefer: true) }
    arrange()
    distinguish()
  }

  // MARK: What conflicts

  /// What hinders parts as wholes.
  private static func faults(_ parts: [ResultsPart], _ swept: Set<String>) -> [String] {
    guard let first = parts.first else { return [] }
    return parts.dropFirst().flatMap { part -> [String] in
      var faults: [String] = []
      if let mine = first.summary, let theirs = part.summary {
        for name in ["experiment", "question"] {
          let texts = [mine, theirs].map { JSON.member(name, of: $0.configuration)?.text ?? "none" }
          if texts[0] != texts[1] {
            faults.append("the \(name) of \(first.folder) is \(texts[0]), that of \(part.folder) \(texts[1])")
          }
        }
        faults += SummaryDifference(mine, theirs).settings.filter { !swept.contains($0.name) }.map {
          "\($0.name) is \($0.one ?? "none") in \(first.folder) and \($0.other ?? "none") in \(part.folder), and the sweep does "
            + "not vary it: give --across \($0.name) where that is meant"
        }
      }
      faults += NamedDifference.provenance(first.provenance, part.provenance).filter {
        // Of data that only one part has, nothing is to be said.
        $0.name == "numerics" || ($0.name.hasPrefix("data ") && $0.one != nil && $0.other != nil)
      }.map {
        "\($0.name) is \($0.one ?? "none") in \(first.folder) and \($0.other ?? "none") in \(part.folder)"
      }
      return faults
    }
  }

  /// Where the results of one trial in two parts first part; `nil` where they are the same.
  private static func difference(
    _ one: ResultsPart.Entry, _ other: ResultsPart.Entry
  ) throws -> String? {
    if let mine = one.file, let theirs = other.file {
      let records = [try TrialFile(mine).record(), try TrialFile(theirs).record()]
      if records[0].sha256 == records[1].sha256 { return nil }
      return Parting(records[0], records[1])?.description ?? "the digests differ"
    }
    guard one.rows.map(\.round) == other.rows.map(\.round) else { return "other rounds" }
    for (mine, theirs) in zip(one.rows, other.rows) {
      if let first = mine.differences(from: theirs, isLenient: true).first {
        return "\(first.column) after round \(mine.round)"
      }
    }
    return nil
  }

  // MARK: The sweep

  /// Puts trials that differ in the seed alone beside each other, in rising order, where the first of them stands.
  private mutating func arrange() {
    var groups: [String: Int] = [:]
    let keyed = entries.map { entry -> (group: Int, seed: Int, entry: ResultsPart.Entry) in
      let cell = entry.identity.split(separator: "\n").filter { !$0.hasPrefix("seed=") }.joined(
        separator: "\n")
      let group = groups[cell] ?? groups.count
      groups[cell] = group
      return (group, entry.rows.first?.seed ?? 0, entry)
    }
    // Not every sort is stable; the place decides.
    entries = keyed.enumerated().sorted {
      ($0.element.group, $0.element.seed, $0.offset) < ($1.element.group, $1.element.seed, $1.offset)
    }.map(\.element.entry)
  }

  /// Says anew in what the trials differ: a setting may vary over parts that does in none of them.
  private mutating func distinguish() {
    let trials = entries.compactMap { try? Trial(configuration: $0.configuration) }
    guard trials.count == entries.count else {
      notes.append("settings of trials that this program cannot read are told as the parts tell them")
      return
    }
    let distinctions = SweepPlan.distinctions(of: trials, Settings.all)
    for place in entries.indices {
      let settings = trials[place].values(of: distinctions, Settings.all)
      for row in entries[place].rows.indices { entries[place].rows[row].settings = settings }
    }
  }

  /// The rows of the summary.
  package var rows: [IndexRow] { entries.flatMap(\.rows) }

  /// The summary of all, of that name.
  package func summary(_ name: String, curves: ([IndexRow]) -> SummaryCurves?) -> Summary {
    let first = parts.lazy.compactMap(\.summary).first
    func text(_ member: String) -> String {
      first.flatMap { JSON.member(member, of: $0.configuration)?.text } ?? JSON.text(name).text
    }
    var summary = Summary(
      experiment: name,
      configuration: JSON.object(ofTexts: [
        ("experiment", text("experiment")), ("question", text("question")),
        ("trials", JSON.object(ofTexts: entries.map { ($0.name, $0.configuration) })),
      ]), provenance: provenance, rows: rows)
    summary.curves = curves(rows)
    // What was found in some of the trials is no answer for all.
    if let only = parts.first(where: { $0.entries.count == entries.count }) {
      summary.analyses = only.summary?.analyses ?? []
    }
    return summary
  }

  /// Whether there were analyses of parts, which no longer hold for the whole.
  package var dropsAnalyses: Bool {
    parts.contains { !($0.summary?.analyses ?? []).isEmpty }
      && !parts.contains { $0.entries.count == entries.count }
  }

  /// That of the first part, with the seeds and data sets of all, and behind it each part's own.
  private var provenance: String {
    let all = parts.map { JSON(parsing: $0.provenance) ?? .null }
    guard case .members(var members)? = all.first else { return "{}" }
    members.removeAll { ["seeds", "data", "merged_from"].contains($0.name) }
    var sets: [JSON] = []
    for part in all {
      guard case .list(let data)? = part["data"] else { continue }
      for set in data where !sets.contains(where: { $0["dataset"]?.text == set["dataset"]?.text }) {
        sets.append(set)
      }
    }
    let seeds = Set(entries.flatMap { $0.rows.map(\.seed) }).sorted()
    return JSON.object(
      members + [
        ("data", .list(sets)), ("seeds", .list(seeds.map(JSON.integer))), ("merged_from", .list(all)),
      ])
  }

  // MARK: Writing

  /// Writes trial files and then the summary, each whole or not at all. What lies there already and is the same stays, so that a
  /// merge that was interrupted goes on when it is asked for again.
  ///
  /// - Parameters:
  ///   - folder: where the results are to lie.
  ///   - curves: makes the default plot of the summary from its rows.
  /// - Throws: `MergeError`, `StoreError`, `Interrupted`.
  package func write(
    to folder: String, interruption: Interruption = Interruption(),
    curves: ([IndexRow]) -> SummaryCurves? = { _ in nil }
  ) throws {
    let target = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    for part in parts where URL(fileURLWithPath: part.folder).resolvingSymlinksInPath().path == target {
      throw MergeError.onto(folder)
    }
    let name = URL(fileURLWithPath: folder).lastPathComponent
    let files = entries.compactMap { entry in entry.file.map { (entry.name, $0) } }
    var conflicts: [String] = []
    var missing: [(source: String, target: String)] = []
    for (trial, source) in files {
      let path = "\(folder)/trials/\(trial).h5"
      guard FileManager.default.fileExists(atPath: path) else {
        missing.append((source, path))
        continue
      }
      if try TrialFile(path).record().sha256 != TrialFile(source).record().sha256 {
        conflicts.append("\(path) is there already, and its results are others")
      }
    }
    guard conflicts.isEmpty else { throw MergeError.conflicts(conflicts, canPrefer: false) }
    for (source, path) in missing {
      try interruption.check()
      try Self.copy(source, to: path)
    }
    try interruption.check()
    AtomicFile.syncFolder(folder + "/trials")
    try SummaryFile.write(summary(name, curves: curves), to: folder + "/summary.h5")
  }

  /// Copies the outputs of stages that trials need and one of the parts has beside it, as far as they are not there yet.
  ///
  /// - Returns: how many were copied.
  package func copyStages(
    to folder: String, _ library: DataLibrary, interruption: Interruption = Interruption()
  ) throws -> Int {
    func stages(of folder: String) -> StageFolder {
      ResultsFolder((folder as NSString).deletingLastPathComponent).stages
    }
    let target = stages(of: folder)
    let sources = parts.map { stages(of: $0.folder) }
    var met: Set<StageKey> = []
    var count = 0
    for entry in entries {
      for key in try TrialPlan(try Trial(configuration: entry.configuration), library).stages.map(\.key)
      where met.insert(key).inserted && !target.contains(key.hexadecimal) {
        guard let source = sources.first(where: { $0.contains(key.hexadecimal) }) else { continue }
        try interruption.check()
        try Self.copy(source.file(key.hexadecimal), to: target.file(key.hexadecimal))
        count += 1
      }
    }
    return count
  }

  private static func copy(_ source: String, to target: String) throws(StoreError) {
    do throws(HDF5Error) {
      try AtomicFile.replace(target, durability: .contents) { (write: AtomicFile.Writing) throws(HDF5Error) in
        let file = try OpenFile(source)
        while let piece = try file.next() { try piece.written(by: write) }
      }
    } catch {
      throw .file(error)
    }
  }
}

/// A file that is read from its beginning on, and closed with the last reference to it.
private final class OpenFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(HDF5Error) {
    self.path = path
    do throws(FileFault) { descriptor = try ReadableFile.open(path) } catch { throw HDF5Error(error) }
  }

  deinit { close(descriptor) }

  /// The next piece; `nil` at the end.
  func next() throws(HDF5Error) -> [UInt8]? {
    do throws(FileFault) {
      let piece = try ReadableFile.bytes(of: descriptor, 1 << 20, at: path)
      return piece.isEmpty ? nil : piece
    } catch {
      throw HDF5Error(error)
    }
  }
}

extension [UInt8] {
  fileprivate func written(by write: AtomicFile.Writing) throws(HDF5Error) {
    var failure: HDF5Error?
    withUnsafeBytes { bytes in
      do throws(HDF5Error) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
