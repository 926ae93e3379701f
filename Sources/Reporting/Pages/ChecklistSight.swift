import CoppiceStore
import CoppiceTerms

/// What a summary says to the questions of a checklist.
struct ChecklistSight {
  let rows: [IndexRow]
  let curves: CurveSet
  let configuration: JSON?
  let provenance: JSON?

  typealias Answer = (Bool, String)

  /// The cells of pruned networks.
  var cells: [Cell] { curves.curves.flatMap(\.cells) }
  /// The rows of pruned networks.
  var pruned: [IndexRow] { rows.filter { !$0.isDense } }
  static let accuracy = Metric.testAccuracy.name
  static let nothingPruned = "no network is pruned"

  // MARK: Points

  /// How many points a curve should have.
  private static let fewestPoints = 5

  var operatingPoints: Answer {
    guard let fewest = curves.curves.map(\.cells.count).min(),
      let most = curves.curves.map(\.cells.count).max()
    else { return (false, Self.nothingPruned) }
    let densities = cells.map(\.density)
    let range = "from \(percent(densities.max())) to \(percent(densities.min())) of the weights"
    let count = fewest == most ? "\(fewest)" : "\(fewest) to \(most)"
    return (
      fewest >= Self.fewestPoints,
      "every curve has \(count) \(most == 1 ? "point" : "points"), \(range)"
        + (fewest >= Self.fewestPoints ? "" : "; at least \(Self.fewestPoints) are asked for")
    )
  }

  /// The loss of accuracy that counts as one.
  private static let substantial = 0.01

  var extremes: Answer {
    let changes = cells.compactMap { curves.change(of: $0, Self.accuracy).mean }
    guard let worst = changes.min() else { return (false, "no point has an accuracy and a dense network") }
    guard worst < 0 else { return (false, "no point loses accuracy against its dense network") }
    let words =
      "the worst point loses \(NumberText.fixed(-worst * 100, decimals: 2)) points of accuracy against its dense network"
    return worst <= -Self.substantial
      ? (true, words) : (false, words + ": where the methods break is not seen")
  }

  var rawAccuracy: Answer {
    let missing = cells.count { $0.sample(Self.accuracy).count == 0 }
    if cells.isEmpty { return (false, Self.nothingPruned) }
    return missing == 0
      ? (true, "\(cells.count) points, each with its test accuracy")
      : (false, "\(missing) of \(cells.count) points have no test accuracy")
  }

  // MARK: Costs

  var theoreticalSpeed: Answer {
    let counted = pruned.count {
      $0[metric: .parametersNonzero].isFinite && $0[metric: .flopsNonzero].isFinite
    }
    guard !pruned.isEmpty else { return (false, Self.nothingPruned) }
    return counted == pruned.count
      ? (true, "every row counts its weights and its FLOPs, dense and without zeros")
      : (false, "\(pruned.count - counted) of \(pruned.count) rows lack a count of weights or FLOPs")
  }

  var measuredSpeed: Answer {
    let timed = rows.filter { $0[metric: .latencyThreads].isFinite }
    guard let first = timed.first else {
      return (false, "no latency was measured: fewer FLOPs need not be faster")
    }
    return (
      true,
      "the latency of \(timed.count) \(timed.count == 1 ? "network" : "networks"), on \(first.processor)"
    )
  }

  // MARK: Description

  /// How many pairs of an architecture and a data set there should be.
  private static let fewestSubjects = 3

  var subjects: Answer {
    let pairs = Set(rows.map { "\(name(of: $0.model)) on \(name(of: $0.dataset))" }).sorted()
    return (pairs.count >= Self.fewestSubjects, pairs.joined(separator: "; "))
  }

  var hyperparameters: Answer {
    let known = Set(rows.map(\.trial)).count
    let told = trials.count
    return told >= known && known > 0
      ? (true, "every setting of \(named(known, "trial")), in full")
      : (false, "the settings of \(known - told) of \(named(known, "trial")) are not in the file")
  }

  var data: Answer {
    guard case .list(let sets)? = provenance?["data"], !sets.isEmpty else {
      return (false, "the file does not say which data were read")
    }
    let names = sets.map { $0["dataset"]?.plain ?? "?" }.joined(separator: ", ")
    let differing = sets.filter {
      if case .list(let list)? = $0["differences"] { !list.isEmpty } else { false }
    }
    return differing.isEmpty
      ? (true, "\(names), with the SHA-256 of every file")
      : (false, "\(names): \(differing.count) differ from what was published")
  }

  var origin: Answer {
    guard let provenance, let tool = provenance["tool"]?.plain else {
      return (false, "the file does not say what made it")
    }
    let commit = provenance["git_commit"]?.plain
    var words = [tool] + (commit.map { ["commit \($0.prefix(12))"] } ?? [])
    words += ["processor", "system"].compactMap { provenance[$0]?.plain }
    if case .flag(true)? = provenance["git_dirty"] {
      return (false, words.joined(separator: ", ") + "; the code had changes that no commit holds")
    }
    return (commit != nil, words.joined(separator: ", ") + (commit == nil ? "; no commit" : ""))
  }

  // MARK: Words

  var trials: [JSON] {
    guard case .members(let members)? = configuration?["trials"] else { return [] }
    return members.map(\.value)
  }

  /// A component without its fields: `random(seed: 3)` is random.
  func name(of text: String) -> String { String(text.prefix { $0 != "(" }) }

  func named(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func percent(_ value: Double?) -> String {
    (value.map { NumberText.trimmed($0 * 100, decimals: 2) } ?? "–") + " %"
  }
}

extension JSON {
  /// The text of a text, the JSON of anything else; `nil` for null.
  var plain: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    default: text
    }
  }
}
