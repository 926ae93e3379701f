import CoppiceStore
import CoppiceTensors

/// Where the results of two trials first part, in the order in which they arise: weights before training; in each round its masks,
/// what was logged and evaluated step by step, and the weights at its end.
package struct Parting: Hashable, Sendable, CustomStringConvertible {
  /// The round; `nil` before the first.
  package let round: Int?
  /// The step of that round's training; `nil` where it is no matter of steps.
  package let step: Int?
  /// What parts, in a sentence.
  package let fact: String

  init(round: Int? = nil, step: Int? = nil, _ fact: String) {
    (self.round, self.step, self.fact) = (round, step, fact)
  }

  package var description: String {
    let place = [round.map { "round \($0)" }, step.map { "step \($0)" }].compactMap { $0 }
    return (place.isEmpty ? "before training" : place.joined(separator: ", ")) + ": " + fact
  }
}

extension Parting {
  /// - Returns: `nil` where the two have one digest.
  package init?(_ one: TrialRecord, _ other: TrialRecord) {
    if let fact = Self.arrays("weights before training", one.initialWeights, other.initialWeights) {
      self.init(fact)
      return
    }
    for (mine, theirs) in zip(one.rounds, other.rounds) {
      if let parting = Self.parting(mine, theirs) {
        self = parting
        return
      }
    }
    let counts = (one.rounds.count, other.rounds.count)
    guard counts.0 != counts.1 else { return nil }
    let last = (counts.0 < counts.1 ? other : one).rounds[min(counts.0, counts.1)].index
    self.init(round: last, "there is no such round in the \(counts.0 < counts.1 ? "one" : "other")")
  }

  private static func parting(_ one: RoundRecord, _ other: RoundRecord) -> Parting? {
    let round = one.index
    guard round == other.index else {
      return Parting(round: min(round, other.index), "the other has round \(other.index) in its place")
    }
    if let fact = masks("mask", one.masks, other.masks) { return Parting(round: round, fact) }
    let logged = logged(one.series, other.series)
    let evaluated = evaluated(one.evaluations, other.evaluations)
    // Of one step, what is logged is there before the evaluation.
    if let first = [logged, evaluated].compactMap({ $0 }).min(by: { $0.step < $1.step }) {
      return Parting(round: round, step: first.step, first.fact)
    }
    if let fact = masks("mask of trained weights", one.trainedMasks, other.trainedMasks)
      ?? arrays("weights", one.weights, other.weights)
      ?? arrays("order of channels", one.channelOrders, other.channelOrders)
      ?? arrays("scales", one.weightScales, other.weightScales)
      ?? arrays("range of inputs", one.inputRanges, other.inputRanges)
    {
      return Parting(round: round, fact)
    }
    return nil
  }

  private typealias Step = (step: Int, fact: String)

  private static func logged(_ one: Series, _ other: Series) -> Step? {
    var first: Step?
    func take(_ step: Int, _ fact: String) {
      if step < first?.step ?? .max { first = (step, fact) }
    }
    if let place = firstDifference(one.steps, other.steps) {
      take(step(place, one.steps, other.steps), "steps are logged that are not logged in both")
    }
    let names = one.columns.map(\.name)
    if names != other.columns.map(\.name) {
      take(one.steps.first ?? other.steps.first ?? 0, "other quantities are logged")
    }
    for name in names {
      guard let mine = one[name], let theirs = other[name] else { continue }
      if let place = zip(mine, theirs).enumerated().first(where: { !isSame($1.0, $1.1) })?.offset {
        take(one.steps[place], "the \(name) is \(mine[place]) in the one and \(theirs[place]) in the other")
      }
    }
    return first
  }

  private static func evaluated(_ one: [Evaluation], _ other: [Evaluation]) -> Step? {
    for (mine, theirs) in zip(one, other) {
      guard mine.step == theirs.step else {
        return (min(mine.step, theirs.step), "an evaluation was made in one of them alone")
      }
      for metric in Evaluation.digested where !isSame(mine[metric], theirs[metric]) {
        return (
          mine.step, "the \(metric.name) is \(mine[metric]) in the one and \(theirs[metric]) in the other"
        )
      }
      let classes = (mine.testClassAccuracy, theirs.testClassAccuracy)
      if classes.0.count != classes.1.count || !zip(classes.0, classes.1).allSatisfy({ isSame($0, $1) }) {
        return (mine.step, "the accuracies of single classes differ")
      }
    }
    guard one.count != other.count else { return nil }
    let more = one.count < other.count ? other : one
    return (more[min(one.count, other.count)].step, "an evaluation was made in one of them alone")
  }

  private static func arrays(_ title: String, _ one: ParameterSet?, _ other: ParameterSet?) -> String? {
    guard let one, let other else {
      return one == nil && other == nil ? nil : "the \(title) are kept in one of them alone"
    }
    if one.names != other.names { return "the \(title) have other names" }
    for (name, tensor) in one {
      guard let theirs = other[name], theirs.shape == tensor.shape else {
        return "the \(title) of \(name) have other shapes"
      }
      let count = zip(tensor.scalars, theirs.scalars).count { !isSame($0, $1) }
      if count > 0 { return "the \(title) of \(name) differ in \(count) of \(tensor.shape.count) numbers" }
    }
    return nil
  }

  private static func masks(_ title: String, _ one: MaskSet?, _ other: MaskSet?) -> String? {
    guard let one, let other else {
      return one == nil && other == nil ? nil : "a \(title) is kept in one of them alone"
    }
    if one.names != other.names { return "the \(title)s have other names" }
    for (name, mask) in one {
      guard let theirs = other[name], theirs.shape == mask.shape else {
        return "the \(title) of \(name) has another shape"
      }
      let count = zip(mask.bytes, theirs.bytes).count { $0 != $1 }
      if count > 0 { return "the \(title) of \(name) differs in \(count) of \(mask.count) places" }
    }
    return nil
  }

  private static func firstDifference(_ one: [Int], _ other: [Int]) -> Int? {
    zip(one, other).enumerated().first { $1.0 != $1.1 }?.offset
      ?? (one.count == other.count ? nil : min(one.count, other.count))
  }

  private static func step(_ place: Int, _ one: [Int], _ other: [Int]) -> Int {
    [one, other].compactMap { place < $0.count ? $0[place] : nil }.min() ?? 0
  }

  private static func isSame<Number: BinaryFloatingPoint>(_ one: Number, _ other: Number) -> Bool {
    one == other ? one.sign == other.sign : one.isNaN && other.isNaN
  }
}
