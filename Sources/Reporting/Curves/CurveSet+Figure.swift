import CoppiceStore

extension CurveSet {
  /// The figure of one metric against sparsity, or another column: the mean over seeds, the band, the dense baselines.
  ///
  /// - Parameters:
  ///   - metric: a numeric column of the index.
  ///   - column: what runs along the horizontal axis in place of the sparsity: a numeric column of the index.
  ///   - hasFront: whether the Pareto front of the metric and what runs along the horizontal axis is drawn.
  ///   - title: nil for the metric with model and dataset.
  ///   - limits: the range of the vertical axis in the metric's own unit (fractions for accuracies), nil for
  ///     that of the data.
  ///   - command: what draws the figure again; kept in the file.
  package func figure(
    of metric: String = "test_accuracy", against x: SparsityAxis = .remaining, column: String? = nil,
    hasFront: Bool = false, band: Band = .ci95, title: String? = nil, limits: ClosedRange<Double>? = nil,
    command: String? = nil,
    generator: String? = nil
  ) throws(ReportingError) -> LineFigure {
    try requireNumeric(metric)
    if let column { try requireNumeric(column) }
    let shown = Metrics.column(metric)
    let x = PointPlace(axis: x, column: column, isCondition: condition != nil)
    guard (curves + baselines).flatMap(\.cells).contains(where: { $0.sample(metric).count > 0 }) else {
      throw .noValues(metric)
    }
    var lines = curves.map { curve in
      LineFigure.Line(label: curve.label, points: curve.cells.map { point($0, shown, x, band) })
    }
    let hasBars = lines.contains(where: \.hasBars)
    let own = baselinesOfCurves
    let dashed = own.compactMap { baseline, line -> LineFigure.Baseline? in
      guard let sample = baseline.cells.first?.sample(metric), let mean = sample.value(shown.aggregation)
      else { return nil }
      let bounds = band.bounds(of: sample, around: shown.aggregation, within: shown.quantity.bounds)
      return LineFigure.Baseline(
        label: baseline.label + (sample.isComplete ? "" : " (n = \(sample.countText))"), y: mean,
        low: bounds?.low, high: bounds?.high, line: line)
    }
    var words = caption(shown, band, hasBars: hasBars)
    if hasFront, let front = frontLine(of: metric, against: x, cost: column ?? Metric.density.name) {
      lines.append(front)
      words += " Pareto front: what no other network beats in both, dense ones among them."
    }
    if dashed.contains(where: { $0.line != nil }) {
      words += " Thin dashed lines: the dense network of the curve of that colour."
    }
    return LineFigure(
      title: title ?? defaultTitle(shown), x: x.axis(curves.flatMap(\.cells)),
      y: shown.quantity.axis(limits: limits), lines: lines, baselines: dashed,
      caption: (title == nil ? "" : dataNote) + words,
      command: command, generator: generator)
  }

  /// The baselines that are drawn, each with the curve it belongs to where every curve has one of its own: more than a few grey
  /// lines cannot be told apart.
  private var baselinesOfCurves: [(baseline: Curve, line: Int?)] {
    guard baselines.count > LineStyle.referenceDashes.count else { return baselines.map { ($0, nil) } }
    let own = curves.map { baseline(of: $0) }
    let used = baselines.filter(own.contains)
    if used.count == curves.count {
      return own.enumerated().compactMap { line, baseline in baseline.map { ($0, line) } }
    }
    return used.map { ($0, nil) }
  }

  /// The data, where they are others than the name of the set says: `mnist, not the original files`.
  var otherData: String? { subject.first { $0.contains(",") } }

  /// What a figure under a title of its own, which names no data set, says of such data.
  private var dataNote: String { otherData.map { "Data: \($0). " } ?? "" }

  /// `lenet-300-100 on mnist: test accuracy`.
  private func defaultTitle(_ metric: Metric) -> String {
    let title = metric.quantity.title
    guard !subject.isEmpty else { return title.prefix(1).uppercased() + title.dropFirst() }
    return subject.joined(separator: " on ") + ": " + title
  }

  /// Throws unless `metric` is a column of numbers.
  func requireNumeric(_ metric: String) throws(ReportingError) {
    guard indexColumns.contains(metric) else { throw .unknownColumn(metric, known: indexColumns) }
    let reader = IndexColumnReader(metric)
    for curve in curves + baselines {
      for cell in curve.cells {
        for row in cell.rows {
          if case .text = reader.value(in: row) { throw .notNumeric(metric) }
        }
      }
    }
  }

  private func point(_ cell: Cell, _ metric: Metric, _ x: PointPlace, _ band: Band) -> LineFigure.Point {
    let sample = cell.sample(metric.name)
    let value = sample.value(metric.aggregation)
    let bounds = band.bounds(of: sample, around: metric.aggregation, within: metric.quantity.bounds)
    let format = metric.quantity.tableFormat
    var note = NumberText.trimmed(cell.density * 100, decimals: 2) + " % remaining: "
    note += value.map { format.text($0) } ?? "no value"
    if let bounds { note += " (\(format.text(bounds.low)) to \(format.text(bounds.high)))" }
    note += ", n = \(sample.countText)"
    if cell.isTroubled { note += ", " + cell.troubleText }
    if let chance = cell.chance, chance > 0 { note += ", \(chance) at chance" }
    for (count, batch) in [(cell.notFaster, 1), (cell.notFaster64, 64)] {
      if let count, count > 0 { note += ", \(count) smaller and not faster (batch \(batch))" }
    }
    let place = x.bounds(cell, band)
    return LineFigure.Point(
      x: x.value(cell), y: value, low: bounds?.low, high: bounds?.high, xLow: place?.low, xHigh: place?.high,
      isComplete: sample.isComplete, isTroubled: cell.isTroubled, note: note)
  }

  /// What lines, bands, marks and n are, in sentences.
  private func caption(_ metric: Metric, _ band: Band, hasBars: Bool) -> String {
    let cells = curves.flatMap(\.cells)
    let samples = (cells.isEmpty ? baselines.flatMap(\.cells) : cells).map { $0.sample(metric.name) }
    let expected = samples.map(\.expected).max() ?? 0
    let aggregation = metric.aggregation.rawValue
    var words = aggregation.prefix(1).uppercased() + aggregation.dropFirst()
    if let name = band.name, expected > 1, band.isDefined(for: metric.aggregation) {
      words += hasBars ? "; bars, in both directions: \(name)" : "; band: \(name)"
    }
    words += "; n = \(expected) \(expected == 1 ? "seed" : "seeds")."

    let ladders = curves.filter { $0.rows == .ladder }.map(\.label)
    let finals = curves.filter { $0.rows == .final }.map(\.label)
    if !ladders.isEmpty, finals.isEmpty {
      words += " Each curve follows the rounds of one ladder."
    } else if !ladders.isEmpty {
      words +=
        ladders.count < finals.count
        ? " Rounds of one ladder: \(ladders.joined(separator: "; ")); the others: final networks."
        : " Final networks: \(finals.joined(separator: "; ")); the others: rounds of one ladder."
    }
    let partial = Set(samples.filter { !$0.isComplete && $0.count > 0 }.map(\.count)).sorted()
    if !partial.isEmpty {
      words += " Open markers: n = \(partial.map { "\($0)/\(expected)" }.joined(separator: ", "))."
    }
    if samples.contains(where: { $0.count == 0 }) { words += " Gaps: no value." }
    if cells.contains(where: \.isTroubled) {
      words += " Crossed out: a trial collapsed, diverged or failed."
    }
    let chance = cells.reduce(0) { $0 + ($1.chance ?? 0) }
    if chance > 0 { words += " At chance, and in the means: \(chance) network\(chance == 1 ? "" : "s")." }
    for (batch, mark) in [(1, \Cell.notFaster), (64, \Cell.notFaster64)] {
      let count = cells.reduce(0) { $0 + ($1[keyPath: mark] ?? 0) }
      if count > 0 {
        words += " Smaller and not faster at batch \(batch): \(count) network\(count == 1 ? "" : "s")."
      }
    }
    return words
  }
}
