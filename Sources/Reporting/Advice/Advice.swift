import CoppiceStore

/// What measured summaries say of a question: evidence, Pareto fronts and the cheapest network within the tolerance. It holds no number
/// that was not measured, or counted, and says what was not.
package struct Advice: Sendable {
  /// The rows of a summary.
  package struct Source: Sendable {
    package let name: String
    package let rows: [IndexRow]

    package init(name: String, rows: [IndexRow]) { (self.name, self.rows) = (name, rows) }
  }

  package let question: AdviceQuestion
  /// What was measured of the model itself, one a data set, machine and cost; those with the most points first.
  package let subjects: [AdviceSubject]
  /// What was measured of other models of its family.
  package let relatives: [AdviceSubject]
  /// What nobody knows, each as a sentence.
  package let notMeasured: [String]

  package init(_ question: AdviceQuestion, _ sources: [Source]) {
    self.question = question
    let family = ModelFamily.name(of: question.model)
    let own = sources.map { source in
      (name: source.name, rows: source.rows.filter { $0.model == question.model && $0.control == "none" })
    }.filter { !$0.rows.isEmpty }
    let others = sources.map { source in
      (
        name: source.name,
        rows: source.rows.filter {
          $0.model != question.model && ModelFamily.name(of: $0.model) == family && $0.control == "none"
        }
      )
    }.filter { !$0.rows.isEmpty }
    let costs = AdviceCost.all(for: question)
    let isElsewhere = costs.contains(where: \.isTimed) && question.target != .cpu
    subjects = isElsewhere ? [] : Self.subjects(own, costs, question)
    relatives = isElsewhere ? [] : Self.subjects(others, costs, question)
    notMeasured = Self.notMeasured(question, own, subjects, isElsewhere: isElsewhere)
  }

  // MARK: Evidence

  private typealias Rows = (name: String, rows: [IndexRow])

  /// Rows sorted by model, data set, machine and the first cost that is known of them.
  private static func subjects(
    _ sources: [Rows], _ costs: [AdviceCost], _ question: AdviceQuestion
  ) -> [AdviceSubject] {
    struct Key: Hashable {
      let model, dataset: String
      let machine: String?
      let cost: Int
    }
    var order: [Key] = []
    var sorted: [Key: [Rows]] = [:]
    for (name, rows) in sources {
      for group in groups(rows) {
        guard let cost = costs.firstIndex(where: { cost in group.contains { cost.isKnown(in: $0) } }) else {
          continue
        }
        let machines: [String?] = costs[cost].isTimed ? CostCorrelation.machines(of: group) : [nil]
        for machine in machines {
          let kept = group.filter { row in
            machine == nil || CostCorrelation.machines(of: [row]).first == machine
          }
          guard let first = kept.first else { continue }
          let key = Key(model: first.model, dataset: first.dataset, machine: machine, cost: cost)
          if sorted[key] == nil { order.append(key) }
          sorted[key, default: []].append((name, kept))
        }
      }
    }
    let subjects = order.map {
      AdviceSubject(sorted[$0] ?? [], costs[$0.cost], machine: $0.machine, question)
    }.filter { !$0.points.isEmpty }
    // Of equal ones the first stays first.
    return subjects.indices.sorted { (subjects[$1].points.count, $0) < (subjects[$0].points.count, $1) }
      .map { subjects[$0] }
  }

  /// The rows of each model and data set.
  private static func groups(_ rows: [IndexRow]) -> [[IndexRow]] {
    var places: [[String]: Int] = [:]
    var groups: [[IndexRow]] = []
    for row in rows {
      if let place = places[[row.model, row.dataset]] {
        groups[place].append(row)
      } else {
        places[[row.model, row.dataset]] = groups.count
        groups.append([row])
      }
    }
    return groups
  }

  // MARK: What is not known

  private static func notMeasured(
    _ question: AdviceQuestion, _ own: [Rows], _ subjects: [AdviceSubject], isElsewhere: Bool
  ) -> [String] {
    let what = question.bottleneck.quantity
    if isElsewhere {
      return [
        "\(what) on a \(question.target.rawValue): not measured. Times and energies in summaries are of CPUs, and none is carried over to another target"
      ]
    }
    guard !own.isEmpty else { return ["\(question.model): not measured. No summary has a row of it"] }
    guard !subjects.isEmpty else {
      return [
        "\(what) of \(question.model): not measured. \(own.reduce(0) { $0 + $1.rows.count }) rows have accuracies without it"
      ]
    }
    var sentences: [String] = []
    let first = AdviceCost.all(for: question)[0]
    let counted = subjects.filter { $0.cost.name != first.name }
    if !counted.isEmpty {
      let names = Self.list(counted.flatMap(\.experiments))
      sentences.append(
        "\(first.title) in \(names): not measured. In their place \(counted[0].cost.title) were counted")
    }
    let unknown = subjects.filter { !$0.isAccuracyKnown }
    if !unknown.isEmpty {
      sentences.append(
        "accuracy in \(Self.list(unknown.flatMap(\.experiments))): not measured. The dense networks are at chance, so that nothing can be lost"
      )
    }
    let found = Set(subjects.flatMap { $0.points.map(\.kind) })
    for kind in AdvicePoint.Kind.allCases where !found.contains(kind) {
      sentences.append("\(kind.rawValue) compression of \(question.model): not measured")
    }
    return sentences
  }

  /// Names, each once.
  private static func list(_ names: [String]) -> String {
    names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
  }
}

extension AdviceQuestion.Bottleneck {
  /// What is asked for, as a sentence begins with it.
  package var quantity: String {
    switch self {
    case .memory: "memory"
    case .speed: "time"
    case .size: "size"
    case .energy: "energy"
    }
  }
}
