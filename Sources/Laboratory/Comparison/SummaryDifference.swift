import CoppiceStore
import CoppiceTerms

/// In what two summaries differ: settings of all their trials, and the rows of trials that both have.
package struct SummaryDifference: Sendable {
  /// A round of a trial that both have.
  package struct Pair: Sendable {
    package let one: IndexRow
    package let other: IndexRow
    /// What the trial has in common with those of other seeds: the settings in which the trials of either summary differ, but for
    /// the seed.
    package let cell: String

    /// The columns that differ.
    package var differences: [RowDifference] { one.differences(from: other) }
  }

  /// Settings that have one value in all pruned trials of the one, and another in all of the other.
  package let settings: [NamedDifference]
  package let provenance: [NamedDifference]
  /// The rounds that both have, in the order of the one.
  package let pairs: [Pair]
  /// The trials that only one of them has.
  package let onlyOne: [String]
  package let onlyOther: [String]

  /// Whether both say the same of the same trials, to the bit.
  package var isIdentical: Bool {
    settings.isEmpty && onlyOne.isEmpty && onlyOther.isEmpty && pairs.allSatisfy { $0.differences.isEmpty }
  }

  /// Compares two summaries. Trials are matched by their settings; by those in which the summaries differ as wholes they need not
  /// match.
  package init(_ one: Summary, _ other: Summary) {
    let sides = [one, other].map(Side.init)
    let names = Settings.all.map(\.name).filter { $0 != "seed" }
    settings = names.compactMap { name in
      guard let mine = sides[0].constant(name), let theirs = sides[1].constant(name),
        mine.text != theirs.text
      else { return nil }
      let texts = [mine, theirs].map { $0.specificationValue.description }
      return NamedDifference(name: name, one: texts[0], other: texts[1])
    }
    provenance = NamedDifference.provenance(one.provenance, other.provenance)
    let changed = Set(settings.map(\.name))
    let told = names.filter { name in
      !changed.contains(name) && sides.contains { $0.constant(name) == nil }
    }
    let keyed = names.filter { !changed.contains($0) } + ["seed"]
    let theirs = Dictionary(
      sides[1].trials.map { (Side.key($0.settings, keyed), $0) }, uniquingKeysWith: { first, _ in first })
    var (pairs, onlyOne, met): ([Pair], [String], Set<String>) = ([], [], [])
    for trial in sides[0].trials {
      guard let match = theirs[Side.key(trial.settings, keyed)], met.insert(match.name).inserted else {
        onlyOne.append(trial.name)
        continue
      }
      let cell = told.compactMap { name in
        trial.settings[name].map { "\(name)=\($0.specificationValue.description)" }
      }.joined(separator: " ")
      let rows = sides[1].rows[match.name] ?? []
      for row in sides[0].rows[trial.name] ?? [] {
        guard let partner = rows.first(where: { $0.round == row.round }) else {
          if !onlyOne.contains(trial.name) { onlyOne.append(trial.name) }
          continue
        }
        pairs.append(Pair(one: row, other: partner, cell: cell))
      }
      let rounds = Set((sides[0].rows[trial.name] ?? []).map(\.round))
      if rows.contains(where: { !rounds.contains($0.round) }) { met.remove(match.name) }
    }
    (self.pairs, self.onlyOne) = (pairs, onlyOne)
    onlyOther = sides[1].trials.map(\.name).filter { !met.contains($0) }
  }
}

/// One of two summaries, its trials by name.
private struct Side {
  let trials: [(name: String, settings: StoredSettings)]
  let rows: [String: [IndexRow]]

  init(_ summary: Summary) {
    let all = SummaryTrials(summary).all
    trials = all.map { ($0.name, StoredSettings($0.configuration)) }
    rows = Dictionary(all.map { ($0.name, $0.rows) }, uniquingKeysWith: { first, _ in first })
  }

  /// The one value that a setting has in all trials that are no dense baselines; `nil` where there are several.
  func constant(_ name: String) -> JSON? {
    let pruned = trials.filter { !isDense($0.settings) }
    let values = (pruned.isEmpty ? trials : pruned).map { $0.settings[name] }
    guard let first = values.first, values.allSatisfy({ $0?.text == first?.text }) else { return nil }
    return first
  }

  private func isDense(_ settings: StoredSettings) -> Bool {
    guard case .number(0)? = settings["sparsity"] else {
      if case .integer(0)? = settings["sparsity"] { return true }
      return false
    }
    return true
  }

  static func key(_ settings: StoredSettings, _ names: [String]) -> String {
    names.map { "\($0)=\(settings[$0]?.text ?? "")" }.joined(separator: "\n")
  }
}
