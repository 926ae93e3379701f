import CoppiceStore

/// What networks reached over the steps of their training: of every point of a curve the mean over its seeds.
struct LearningCurves {
  private let curves: CurveSet
  private let logs: [String: TrialLog]

  /// How many networks are shown, and at how many steps each.
  private static let mostNetworks = 60
  private static let mostSteps = 40
  /// What is shown, where it was evaluated.
  private static let measures: [Metric] = [.validationAccuracy, .testAccuracy, .validationLoss]

  init(_ curves: CurveSet, _ logs: [TrialLog]) {
    self.curves = curves
    self.logs = Dictionary(logs.map { ($0.trial, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// One figure a measure.
  var figures: [LineFigure] { Self.measures.compactMap(figure) }

  private func figure(_ metric: Metric) -> LineFigure? {
    let cells = curves.baselines.flatMap { curve in curve.cells.map { (curve.label, $0) } } + chosen
    let lines = cells.compactMap { label, cell in line(metric, label, cell) }
    guard !lines.isEmpty else { return nil }
    let title = metric.quantity.title
    return LineFigure(
      title: title.prefix(1).uppercased() + title.dropFirst() + " over the steps of a round",
      x: Axis(label: "Iteration of the round"), y: metric.quantity.axis(), lines: lines,
      caption:
        "Mean over seeds; band: \(Band.ci95.name ?? ""). At most \(Self.mostSteps) steps of each network.")
  }

  /// The cells of every curve, or as many as there is room for, from dense to sparse.
  private var chosen: [(String, Cell)] {
    let count = max(1, Self.mostNetworks / max(1, curves.curves.count))
    return curves.curves.prefix(Self.mostNetworks).flatMap { curve in
      Self.spread(curve.cells, count).map { (curve.label, $0) }
    }
  }

  private static func spread<Element>(_ all: [Element], _ count: Int) -> [Element] {
    guard all.count > count else { return all }
    guard count > 1 else { return all.suffix(1) }
    return (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] }
  }

  private func line(_ metric: Metric, _ label: String, _ cell: Cell) -> LineFigure.Line? {
    let values = cell.rows.compactMap { row in
      logs[row.trial]?.rounds.first { $0.index == row.round }?.values(metric.name)
    }.map { Dictionary($0.map { ($0.step, $0.value) }, uniquingKeysWith: { _, last in last }) }
    guard let longest = values.max(by: { $0.count < $1.count }) else { return nil }
    let points = Self.spread(longest.keys.sorted(), Self.mostSteps).map { step in
      let sample = SampleStatistics(values.map { $0[step] }, expected: cell.expectedSeeds)
      let bounds = Band.ci95.bounds(of: sample, within: metric.quantity.bounds)
      return LineFigure.Point(
        x: Double(step), y: sample.mean, low: bounds?.low, high: bounds?.high,
        isComplete: sample.isComplete)
    }
    let remaining = NumberText.trimmed(cell.density * 100, decimals: 2)
    return LineFigure.Line(label: "\(label): \(remaining) % remaining", points: points, hasMarkers: false)
  }
}
