import CoppiceStore
import CoppiceTerms
import Foundation

/// The results of one machine: a folder of an experiment, with its summary, its trial files, or both.
package struct ResultsPart: Sendable {
  /// A trial of it that has ended.
  package struct Entry: Sendable {
    package var name: String
    /// Its specification, as JSON.
    package var configuration: String
    /// The hash of everything it depends on; `nil` where only a summary tells of it.
    package var key: String?
    package var rows: [IndexRow]
    /// Its file; `nil` where there is none.
    package var file: String?

    /// What tells it from other trials: every setting, with those at their neutral value where the configuration lacks them.
    var identity: String {
      let settings = StoredSettings(configuration)
      return Settings.all.map { "\($0.name)=\(settings[$0.name]?.text ?? "")" }.joined(separator: "\n")
    }
  }

  /// The path of the folder.
  package let folder: String
  /// The summary, where there is one.
  package let summary: Summary?
  /// Where, when and with what it was computed, as JSON.
  package let provenance: String
  /// Its trials in order: those of the summary; without one, all files.
  package let entries: [Entry]
  /// The trials that have not ended, and files that the summary does not know.
  package let passedOver: [String]

  /// Reads a folder.
  ///
  /// - Throws: `MergeError.nothing` where there are no results; `StoreError` where a file cannot be read.
  package init(_ folder: String) throws {
    self.folder = folder
    let path = folder + "/summary.h5"
    summary = FileManager.default.fileExists(atPath: path) ? try SummaryFile.read(path) : nil
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/trials")) ?? [])
      .filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }.sorted()
    guard summary != nil || !names.isEmpty else { throw MergeError.nothing(folder) }
    var (entries, passedOver): ([Entry], [String]) = ([], [])
    var origin = summary?.provenance
    let told = summary.map { SummaryTrials($0).all } ?? []
    let files = Set(names)
    let wanted: [(name: String, known: SummaryTrials.Trial?)] =
      summary == nil ? names.map { ($0, nil) } : told.map { ($0.name, $0) }
    for (name, known) in wanted {
      var entry = Entry(
        name: name, configuration: known?.configuration ?? "", rows: known?.rows ?? [])
      if files.contains(name) {
        let file = try TrialFile("\(folder)/trials/\(name).h5")
        entry.file = "\(folder)/trials/\(name).h5"
        (entry.configuration, entry.key) = (try file.configuration, try file.key)
        entry.rows = try file.rows
        for place in entry.rows.indices { entry.rows[place].trial = name }
        origin = try origin ?? file.provenance
      }
      let isOver = entry.rows.last?.status.isFinished ?? false
      if isOver { entries.append(entry) } else { passedOver.append(name) }
    }
    if summary != nil {
      let known = Set(told.map(\.name))
      passedOver += names.filter { !known.contains($0) }
    }
    (self.entries, self.passedOver, provenance) = (entries, passedOver, origin ?? "{}")
  }
}
