import CoppiceStore

/// How often the networks of a trial are wrong, class by class.
package struct TrialClasses: Sendable {
  /// One round: the density of its network, and its test error in each class, 0…1.
  package struct Round: Sendable {
    package let index: Int
    package let density: Double
    package let errors: [Double]

    package init(_ index: Int, density: Double, errors: [Double]) {
      (self.index, self.density, self.errors) = (index, density, errors)
    }
  }

  /// The trial's name.
  package let trial: String
  /// Those that classes were told apart in, in order.
  package let rounds: [Round]

  package init(trial: String, rounds: [Round]) { (self.trial, self.rounds) = (trial, rounds) }

  /// Reads what a trial's last evaluations have of classes, and nothing else of it.
  package init(_ file: TrialFile) throws(StoreError) {
    trial = try file.trial
    var rounds: [Round] = []
    for row in try file.rows {
      let last = try file.evaluations(ofRound: row.round).last { !$0.testClassAccuracy.isEmpty }
      guard let accuracies = last?.testClassAccuracy else { continue }
      rounds.append(Round(row.round, density: row.density, errors: accuracies.map { 1 - $0 }))
    }
    self.rounds = rounds
  }

  /// The figure: the first round beside the last; `nil` where classes were not told apart.
  package func figure(title: String? = nil, command: String? = nil, generator: String? = nil) -> BarFigure? {
    guard let first = rounds.first, let last = rounds.last, !first.errors.isEmpty else { return nil }
    let shown = first.index == last.index ? [first] : [first, last]
    return BarFigure(
      title: title ?? trial, labels: first.errors.indices.map { "\($0)" }, xLabel: "Class",
      y: Axis(label: "Test error (%)", format: .percent),
      series: shown.map { round in
        .init(
          label: "round \(round.index): \(NumberText.trimmed(round.density * 100, decimals: 2)) % remaining",
          values: round.errors.map { $0.isFinite ? $0 : nil })
      }, caption: "Test error of each class in one trial.", command: command, generator: generator)
  }
}
