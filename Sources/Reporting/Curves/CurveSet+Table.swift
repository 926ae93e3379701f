import CoppiceStore

extension CurveSet {
  /// The results as a table: one line a configuration and sparsity, the dense baselines first.
  ///
  /// `not faster` counts networks that are smaller and not faster, where latencies were measured.
  /// `chance` counts the networks at chance among those that the means are of. For every metric its mean ± the band's half-width and, for the first, the difference to the dense baseline
  /// paired by seed, with the half-width of its 95 % confidence interval.
  ///
  /// Where a sparsity is another than was asked for, both have a column, and so have the shares of what targets of costs count.
  ///
  /// - Parameters:
  ///   - cost: a numeric column; then `front` is 1 for what no other line beats in the first metric and this column, else 0.
  ///   - band: what stands behind the ±; `minmax`, which is not symmetric, has two columns instead.
  ///   - hasStatistics: whether every metric has its standard deviation, standard error, least and greatest value too.
  package func table(
    of metrics: [String] = ["test_accuracy"], frontAgainst cost: String? = nil, band: Band = .ci95,
    hasStatistics: Bool = false
  ) throws(ReportingError) -> Table {
    for metric in metrics + (cost.map { [$0] } ?? []) { try requireNumeric(metric) }
    // The cost is a column too, so that a reader sees what the front is made of.
    let metrics = metrics + (cost.map { metrics.contains($0) ? [] : [$0] } ?? [])
    let shown = metrics.map(Metrics.column)
    let hasRounds = curves.contains { $0.rows == .ladder }
    let hasFailures = (curves + baselines).flatMap(\.cells).contains { $0.failed > 0 }
    let hasDifference = !baselines.isEmpty && !curves.isEmpty
    let isMissed = (curves + baselines).flatMap(\.cells).contains(where: \.isMissed)

    var table = Table(columns: nameColumns)
    if hasRounds { table.columns.append(.init(name: "round", format: .integer)) }
    if isMissed {
      table.columns.append(
        .init(name: "requested_sparsity", heading: "requested (%)", format: .percent(2)))
    }
    let hasShares = curves.flatMap(\.cells).contains { $0.achievedShare.isFinite }
    if hasShares {
      table.columns.append(.init(name: "requested_share", heading: "share asked (%)", format: .percent(2)))
      table.columns.append(.init(name: "achieved_share", heading: "share gone (%)", format: .percent(2)))
    }
    table.columns.append(.init(name: "sparsity", heading: "sparsity (%)", format: .percent(2)))
    table.columns.append(.init(name: "n"))
    for (position, metric) in shown.enumerated() {
      table.columns += Self.columns(metric, band)
      if hasStatistics { table.columns += Self.statistics.map { $0.column(metric) } }
      if hasDifference, position == 0 { table.columns.append(Self.differenceColumn(metric)) }
    }
    table.columns.append(.init(name: "collapsed", format: .integer))
    table.columns.append(.init(name: "diverged", format: .integer))
    table.columns.append(.init(name: "chance", format: .integer))
    let marks = Self.marks.filter { mark in
      (curves + baselines).flatMap(\.cells).contains { mark.count($0) != nil }
    }
    for mark in marks {
      table.columns.append(.init(name: mark.metric.name, heading: mark.heading, format: .integer))
    }
    if hasFailures { table.columns.append(.init(name: "failed", format: .integer)) }
    let best = cost.map { front(of: metrics.first ?? "test_accuracy", against: $0) }
    if best != nil { table.columns.append(.init(name: "front", format: .integer)) }

    func append(_ curve: Curve, at index: Int, named name: [Table.Cell], isCompared: Bool) {
      for (position, cell) in curve.cells.enumerated() {
        let place = CellPlace(isBaseline: !isCompared, curve: index, cell: position)
        var row = name
        if hasRounds { row.append(cell.round.map { .number(Double($0)) } ?? .missing) }
        if isMissed { row.append(.number(cell.requestedSparsity)) }
        if hasShares {
          row += [cell.requestedShare, cell.achievedShare].map { $0.isFinite ? .number($0) : .missing }
        }
        row.append(.number(1 - cell.density))
        let count = metrics.first.map { cell.sample($0).count } ?? cell.rows.count
        row.append(.count(count, of: max(cell.expectedSeeds, count)))
        for (position, metric) in shown.enumerated() {
          let sample = cell.sample(metric.name)
          row += Self.cells(sample, band, metric.aggregation)
          if hasStatistics {
            row += Self.statistics.map { $0.value(sample).map(Table.Cell.number) ?? .missing }
          }
          if hasDifference, position == 0 {
            row.append(isCompared ? difference(of: cell, metric.name) : .missing)
          }
        }
        row += [.number(Double(cell.collapsed)), .number(Double(cell.diverged))]
        row.append(cell.chance.map { .number(Double($0)) } ?? .missing)
        for mark in marks {
          row.append(mark.count(cell).map { Table.Cell.number(Double($0)) } ?? .missing)
        }
        if hasFailures { row.append(.number(Double(cell.failed))) }
        if let best { row.append(.number(best.contains(place) ? 1 : 0)) }
        table.rows.append(row)
      }
    }
    for (index, baseline) in baselines.enumerated() {
      append(baseline, at: index, named: names(ofBaseline: baseline), isCompared: false)
    }
    for (index, curve) in curves.enumerated() {
      append(curve, at: index, named: names(of: curve), isCompared: true)
    }
    return table
  }

  /// A statistic of the seeds, as a column.
  private struct Statistic: Sendable {
    let suffix: String
    let heading: String
    let value: @Sendable (SampleStatistics) -> Double?

    func column(_ metric: Metric) -> Table.Column {
      .init(name: metric.name + suffix, heading: heading, format: metric.quantity.tableFormat)
    }
  }

  private static let statistics = [
    Statistic(suffix: "_sd", heading: "standard deviation") { $0.standardDeviation },
    Statistic(suffix: "_sem", heading: "standard error") { $0.standardError },
    Statistic(suffix: "_least", heading: "least") { $0.minimum },
    Statistic(suffix: "_greatest", heading: "greatest") { $0.maximum },
  ]

  /// Networks that are smaller and not faster, counted like those at chance.
  private static let marks: [(metric: Metric, heading: String, count: @Sendable (Cell) -> Int?)] = [
    (.notFaster, "not faster", { $0.notFaster }), (.notFaster64, "not faster, 64", { $0.notFaster64 }),
  ]

  private static func columns(_ metric: Metric, _ band: Band) -> [Table.Column] {
    let quantity = metric.quantity
    let heading =
      metric.aggregation == .mean ? quantity.heading : "\(quantity.heading), \(metric.aggregation.rawValue)"
    func column(_ suffix: String, _ heading: String, halfWidth: String? = nil) -> Table.Column {
      Table.Column(
        name: metric.name + suffix, heading: heading, format: quantity.tableFormat, halfWidthSuffix: halfWidth
      )
    }
    return switch band {
    case .ci95: [column("", heading, halfWidth: "_ci95")]
    case .std: [column("", heading, halfWidth: "_std")]
    case .none: [column("", heading)]
    case .minmax: [column("", heading), column("_min", "min"), column("_max", "max")]
    }
  }

  private static func cells(
    _ sample: SampleStatistics, _ band: Band, _ aggregation: Metric.Aggregation
  ) -> [Table.Cell] {
    let value = sample.value(aggregation) ?? .nan
    let isDefined = band.isDefined(for: aggregation)
    return switch band {
    case .ci95: [.estimate(mean: value, halfWidth: isDefined ? sample.confidenceHalfWidth : nil)]
    case .std: [.estimate(mean: value, halfWidth: isDefined ? sample.standardDeviation : nil)]
    case .none: [.number(value)]
    case .minmax: [.number(value), .number(sample.minimum ?? .nan), .number(sample.maximum ?? .nan)]
    }
  }

  private static func differenceColumn(_ metric: Metric) -> Table.Column {
    let unit = metric.quantity.unit == .fraction ? "pp" : metric.quantity.unitText
    return Table.Column(
      name: metric.name + "_difference", heading: "Δ dense" + (unit.map { " (\($0))" } ?? ""),
      format: metric.quantity.tableFormat, halfWidthSuffix: "_ci95", isSigned: true)
  }

  private func difference(of cell: Cell, _ metric: String) -> Table.Cell {
    let paired = change(of: cell, metric)
    guard let mean = paired.mean else { return .missing }
    return .estimate(mean: mean, halfWidth: paired.confidenceHalfWidth)
  }

  /// The difference to the dense network of each seed, see `DenseReferences`.
  func change(of cell: Cell, _ metric: String) -> SampleStatistics {
    var reference: [Int: Double] = [:]
    for row in cell.rows { reference[row.seed] = references.reference(of: row)?.number(metric) }
    return PairedDifference(treatment: cell.values(metric), reference: reference).sample
  }
}
