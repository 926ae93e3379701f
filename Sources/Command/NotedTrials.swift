import CoppiceReporting
import CoppiceStore
import Foundation

/// What people noted of the trials of some summaries, as columns of their rows.
struct NotedTrials {
  /// The names of the columns.
  static let columns: Set = ["tags", "note"]

  private let entries: [String: TrialNotes.Entry]

  /// Reads `notes.json` beside each summary.
  init(_ rows: SummaryRows) throws {
    var entries: [String: TrialNotes.Entry] = [:]
    for (path, prefix) in rows.sources {
      let folder = (path as NSString).deletingLastPathComponent
      let notes = try TrialNotes((folder.isEmpty ? "." : folder) + "/notes.json")
      for (trial, entry) in notes.entries { entries[prefix + trial] = entry }
    }
    self.entries = entries
  }

  /// Whether anything was noted.
  var isEmpty: Bool { entries.isEmpty }

  /// `tags`, with a space between two, and `note`.
  var columns: [RowColumn] {
    [
      RowColumn("tags") { [entries] in .text(entries[$0.trial]?.tags.joined(separator: " ") ?? "") },
      RowColumn("note") { [entries] in .text(entries[$0.trial]?.note ?? "") },
    ]
  }
}
