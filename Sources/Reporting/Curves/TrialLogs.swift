import CoppiceStore

/// What was written down while several trials were trained: their last rounds, and trials that differ in their seed alone as one curve.
package struct TrialLogs: Sendable {
  /// A trial's log with the row of its last round.
  package struct Entry: Sendable {
    package let log: TrialLog
    package let row: IndexRow

    package init(_ log: TrialLog, row: IndexRow) { (self.log, self.row) = (log, row) }
  }

  private let groups: [(label: String, entries: [Entry])]

  /// Groups trials, in the order in which they are given.
  package init(_ entries: [Entry]) {
    var groups: [(key: String, entries: [Entry])] = []
    for entry in entries {
      let key = Self.configuration(entry.row)
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].entries.append(entry)
      } else {
        groups.append((key, [entry]))
      }
    }
    let names = groups.map { Self.name(of: $0.entries[0]) }
    self.groups = zip(groups, names).map { group, name in
      // Where a name tells two configurations apart too little, the whole name of a trial does.
      (names.count { $0 == name } > 1 ? group.entries[0].log.trial : name, group.entries)
    }
  }

  /// Reads the logs of trials, and nothing else of them.
  package init(_ files: [TrialFile]) throws(StoreError) {
    var entries: [Entry] = []
    for file in files {
      guard let row = try file.rows.last else { continue }
      entries.append(Entry(try TrialLog(file), row: row))
    }
    self.init(entries)
  }

  /// The quantities that any trial has.
  package var names: [String] {
    var names: [String] = []
    for entry in groups.flatMap(\.entries) {
      for name in entry.log.names where !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The figure of some quantities over the steps of the last rounds: the mean over seeds at every step that any of them has, with a band.
  package func figure(
    of quantities: [String], band: Band = .minmax, title: String? = nil, command: String? = nil,
    generator: String? = nil
  ) -> StackedFigure {
    var panels = quantities.map { name in
      LineFigure(
        title: "", x: Axis(label: ""), y: TrialLog.quantity(name).axis(),
        lines: groups.map { line(name, $0, band) }, plotHeight: 200)
    }
    let steps = panels.flatMap { $0.lines.flatMap { $0.points.map(\.x) } }
    let counts = groups.map(\.entries.count)
    let n = Set(counts).sorted().map(String.init).joined(separator: " or ")
    for place in panels.indices {
      if let first = steps.min(), let last = steps.max() { panels[place].x.limits = first...last }
      panels[place].hasLegend = place == panels.count - 1
    }
    if let last = panels.indices.last {
      panels[0].title = title ?? "Last rounds"
      panels[last].x.label = "Iteration of the round"
      let words = (counts.max() ?? 0) > 1 ? band.name.map { "; band: \($0)" } ?? "" : ""
      panels[last].caption = "Mean\(words); n = \(n)."
      (panels[last].command, panels[last].generator) = (command, generator)
    }
    return StackedFigure(panels)
  }

  private func line(
    _ name: String, _ group: (label: String, entries: [Entry]), _ band: Band
  ) -> LineFigure.Line {
    var values: [Int: [Double?]] = [:]
    for entry in group.entries {
      for (step, value) in entry.log.rounds.last?.values(name) ?? [] {
        values[step, default: []].append(value.isFinite ? value : nil)
      }
    }
    let points = values.sorted { $0.key < $1.key }.map { step, found -> LineFigure.Point in
      let sample = SampleStatistics(found, expected: group.entries.count)
      let bounds = band.bounds(of: sample)
      return .init(
        x: Double(step), y: sample.mean, low: bounds?.low, high: bounds?.high, isComplete: sample.isComplete)
    }
    return LineFigure.Line(label: group.label, points: points, hasMarkers: points.count <= 25)
  }

  /// Everything that a row says of its trial but the seed.
  private static func configuration(_ row: IndexRow) -> String {
    let conditions = [
      row.model, row.dataset, row.criterion, row.granularity, row.allocation, row.schedule, row.dynamics,
      row.retraining, row.control, "\(row.rewindStep ?? -1)", "\(row.targetSparsity)", "\(row.round)",
    ]
    return (conditions + row.settings.filter { $0.name != "seed" }.map { "\($0.name)=\($0.value)" })
      .joined(separator: "\u{1F}")
  }

  /// A trial's name without its seed and key: `magnitude-one-shot-0.9`.
  private static func name(of entry: Entry) -> String {
    let name = entry.log.trial
    guard let range = name.range(of: "-seed\(entry.row.seed)") else { return name }
    return String(name[..<range.lowerBound])
  }
}
