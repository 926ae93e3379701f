import CoppiceStore

/// What was written down while the rounds of a trial were trained: quantities over steps.
package struct TrialLog: Sendable {
  /// One round: what was logged at many steps, and what was evaluated at some.
  package struct Round: Sendable {
    package let index: Int
    package let series: Series
    package let evaluations: [Evaluation]

    /// The log of a round.
    package init(_ index: Int, series: Series, evaluations: [Evaluation]) {
      (self.index, self.series, self.evaluations) = (index, series, evaluations)
    }

    /// The values of a quantity by step, of which there is at least one that is finite; `nil` where there are none.
    func values(_ name: String) -> [(step: Int, value: Double)]? {
      var values = zip(series.steps, (series[name] ?? []).map(Double.init)).map { (step: $0, value: $1) }
      if values.isEmpty, let metric = Evaluation.metrics.first(where: { $0.name == name }) {
        values = evaluations.map { ($0.step, $0[metric]) }
      }
      return values.contains { $0.value.isFinite } ? values : nil
    }
  }

  /// The trial's name.
  package let trial: String
  /// In order.
  package let rounds: [Round]

  /// The log of these rounds.
  package init(trial: String, rounds: [Round]) { (self.trial, self.rounds) = (trial, rounds) }

  /// Reads the log of a trial, and nothing else of it.
  package init(_ file: TrialFile) throws(StoreError) {
    trial = try file.trial
    var rounds: [Round] = []
    for index in try file.rounds {
      rounds.append(
        Round(
          index, series: try file.series(ofRound: index), evaluations: try file.evaluations(ofRound: index)))
    }
    self.rounds = rounds
  }

  /// The quantities that any round has, logged ones first.
  package var names: [String] {
    var names: [String] = []
    for name in rounds.flatMap({ $0.series.columns.map(\.name) }) + Evaluation.metrics.map(\.name)
    where !names.contains(name) && rounds.contains(where: { $0.values(name) != nil }) { names.append(name) }
    return names
  }

  /// The figure of some quantities over the steps of their rounds: one below the other over the same steps, a curve for each
  /// round that has any of them, in all panels the same.
  /// - Parameter quantities: of `names`.
  package func figure(
    of quantities: [String], title: String? = nil, command: String? = nil, generator: String? = nil
  ) -> StackedFigure {
    let shown = rounds.filter { round in quantities.contains { round.values($0) != nil } }
    var panels = quantities.map { panel($0, shown) }
    let steps = panels.flatMap { $0.lines.flatMap { $0.points.map(\.x) } }
    for place in panels.indices {
      if let first = steps.min(), let last = steps.max() { panels[place].x.limits = first...last }
      panels[place].hasLegend = place == panels.count - 1 && rounds.count > 1
    }
    if let last = panels.indices.last {
      panels[0].title = title ?? trial
      panels[last].x.label = "Iteration of the round"
      (panels[last].command, panels[last].generator) = (command, generator)
    }
    return StackedFigure(panels)
  }

  private func panel(_ name: String, _ shown: [Round]) -> LineFigure {
    let lines = shown.map { round in
      let values = round.values(name) ?? []
      return LineFigure.Line(
        label: "round \(round.index)",
        points: values.map { .init(x: Double($0.step), y: $0.value.isFinite ? $0.value : nil) },
        hasMarkers: values.count <= 25)
    }
    return LineFigure(
      title: "", x: Axis(label: ""), y: Self.quantity(name).axis(), lines: lines, plotHeight: 200)
  }

  /// What a quantity over steps is.
  static func quantity(_ name: String) -> Quantity {
    name == "loss" ? Quantity("loss", "loss of the batches") : Metrics.column(name).quantity
  }
}
