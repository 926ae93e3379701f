import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// The rows of one or several summaries. Those of several say which one they are of.
struct SummaryRows {
  let rows: [IndexRow]
  /// The paths of the summaries and what stands before the names of their trials.
  let sources: [(path: String, prefix: String)]

  /// Reads the rows of the summaries at these paths.
  init(_ paths: [String], isForeign: Bool) throws {
    guard paths.count > 1 else {
      sources = paths.map { ($0, "") }
      rows = try paths.first.map { try SummaryFile.rows($0, isForeign: isForeign) } ?? []
      return
    }
    let names = Self.names(of: paths)
    sources = zip(paths, names).map { ($0, $1 + "/") }
    var rows: [IndexRow] = []
    for (path, name) in zip(paths, names) {
      for var row in try SummaryFile.rows(path, isForeign: isForeign) {
        row.trial = "\(name)/\(row.trial)"
        row.settings.append(.init(CurveSet.summaryColumn, .text(name)))
        rows.append(row)
      }
    }
    self.rows = rows
  }

  /// What the summaries say of what their rows depend on.
  static func comparability(_ paths: [String], isForeign: Bool) throws -> Comparability {
    let names = paths.count > 1 ? Self.names(of: paths) : paths.map { _ in nil }
    return Comparability(
      try zip(paths, names).map { path, name in
        let notes = try SummaryFile.notes(path, isForeign: isForeign)
        return .init(name: name, configuration: notes.configuration, provenance: notes.provenance)
      })
  }

  /// What summaries are called in a legend: by their folders, else by their files, else by their paths.
  private static func names(of paths: [String]) -> [String] {
    let urls = paths.map { URL(fileURLWithPath: $0) }
    let choices = [
      urls.map { $0.deletingLastPathComponent().lastPathComponent },
      urls.map { $0.deletingPathExtension().lastPathComponent }, paths,
    ]
    return choices.first { Set($0).count == paths.count } ?? paths.indices.map { "\($0 + 1)" }
  }
}
