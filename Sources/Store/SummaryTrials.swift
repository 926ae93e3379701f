import CoppiceTerms

/// The trials of a summary, in the order of its rows.
package struct SummaryTrials: Sendable {
  /// One of them.
  package struct Trial: Sendable {
    package let name: String
    /// Its specification, as JSON; empty where the summary does not say it.
    package let configuration: String
    /// Its lines in the index.
    package let rows: [IndexRow]

    /// Whether it has ended, well or not.
    package var isFinished: Bool { rows.last?.status.isFinished ?? false }
  }

  /// All of them.
  package let all: [Trial]

  /// Those that have ended.
  package var finished: [Trial] { all.filter(\.isFinished) }

  /// The trials of a summary.
  package init(_ summary: Summary) {
    let rows = Dictionary(grouping: summary.rows, by: \.trial)
    var configurations: [String: JSON] = [:]
    if case .members(let members)? = JSON.member("trials", of: summary.configuration) {
      for (name, value) in members { configurations[name] = value }
    }
    var met: Set<String> = []
    all = summary.rows.map(\.trial).filter { met.insert($0).inserted }.map {
      Trial(name: $0, configuration: configurations[$0]?.text ?? "", rows: rows[$0] ?? [])
    }
  }
}
