import Coppice
import CoppiceStore

/// A trial that something is noted of.
struct NotedTrial {
  let experiment: String
  let trial: String

  /// What is noted, for a person or a program.
  func text(_ entry: TrialNotes.Entry, isJSON: Bool) -> String {
    guard isJSON else {
      return ["\(experiment)/\(trial)", Self.lines(entry)].compactMap { $0 }.joined(separator: "\n")
    }
    return JSON.object([
      ("schema_version", .integer(1)), ("experiment", .text(experiment)), ("trial", .text(trial)),
      ("tags", .list(entry.tags.map(JSON.text))), ("note", .text(entry.note)),
    ])
  }

  /// Tags and note, a line each; `nil` where nothing is noted.
  static func lines(_ entry: TrialNotes.Entry) -> String? {
    let lines =
      (entry.tags.isEmpty ? [] : ["tags: \(entry.tags.joined(separator: " "))"])
      + (entry.note.isEmpty ? [] : ["note: \(entry.note)"])
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}
