import CoppiceTerms

/// The first stage, in the order of the plan, that two trials do not share.
package struct StageParting: Hashable, Sendable {
  /// How many stages before it both have.
  package let shared: Int
  /// The stage on each side, in words; `nil` where that trial has no more.
  package let one: String?
  package let other: String?
}

extension StageParting {
  /// - Returns: `nil` where all stages are the same, so that the results must be.
  package init?(_ one: TrialPlan, _ other: TrialPlan) {
    let keys = (one.stages.map(\.key), other.stages.map(\.key))
    guard keys.0 != keys.1 else { return nil }
    let shared = zip(keys.0, keys.1).prefix { $0 == $1 }.count
    self.shared = shared
    self.one = shared < keys.0.count ? one.title(ofStage: shared) : nil
    self.other = shared < keys.1.count ? other.title(ofStage: shared) : nil
  }
}

extension TrialPlan {
  /// A stage in words: `training of round 0, 600 steps (key 0123abcd)`.
  package func title(ofStage place: Int) -> String {
    let stage = stages[place]
    // A kind of stage is called as its type is.
    var kind = "\(type(of: stage))"
    if kind.hasSuffix("Stage") { kind.removeLast("Stage".count) }
    let words = kind.reduce(into: "") { text, character in
      text += (character.isUppercase && !text.isEmpty ? " " : "") + character.lowercased()
    }
    let round = rounds.first { $0.keys.contains(stage.key) }.map { " of round \($0.index)" } ?? ""
    let steps = stage.steps > 0 ? ", \(stage.steps) steps" : ""
    return "\(words)\(round)\(steps) (key \(stage.key.short))"
  }
}
