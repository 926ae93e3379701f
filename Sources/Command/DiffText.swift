import Coppice
import CoppiceReporting

/// What reports of differences have in common.
enum DiffText {
  /// A line each, under a title; `nil` where nothing differs.
  static func lines(_ title: String, _ differences: [NamedDifference]) -> String? {
    guard !differences.isEmpty else { return nil }
    let width = differences.map(\.name.count).max() ?? 0
    return title + ":\n"
      + differences.map {
        "  \($0.name.padding(to: width))  \($0.one ?? "–")  →  \($0.other ?? "–")"
      }.joined(separator: "\n")
  }

  static func json(_ differences: [NamedDifference]) -> JSON {
    .list(
      differences.map {
        .members([
          ("name", .text($0.name)), ("one", $0.one.map(JSON.text) ?? .null),
          ("other", $0.other.map(JSON.text) ?? .null),
        ])
      })
  }

  /// A number as programs read it; null where there is none.
  static func number(_ value: Double?) -> JSON { value.map { $0.isFinite ? .number($0) : .null } ?? .null }

  /// Paragraphs, without the empty line at the end of a table.
  static func paragraphs(_ parts: [String?]) -> String {
    parts.compactMap { $0 }.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
