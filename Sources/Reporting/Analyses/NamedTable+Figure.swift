import CoppiceStore

extension NamedTable {
  /// The figure of an analysis: y against x, one curve for each combination of the columns that tell curves apart, the mean
  /// over the rows of one curve and x, and what would be by chance as a dashed line.
  ///
  /// The band goes from the smallest to the largest value: rows that share a trial, as pairs do, are not independent, and an
  /// interval of confidence would promise too much.
  ///
  /// - Returns: `nil` for a table that is not drawn as curves, or lacks what would be.
  package func figure(
    title: String? = nil, band: Band = .minmax, command: String? = nil, generator: String? = nil
  ) -> LineFigure? {
    guard let drawing, drawing.form == .curves, let x = self[drawing.x], let y = self[drawing.y],
      let xs = x.numbers,
      let ys = y.numbers
    else { return nil }
    let groups = groups(by: drawing.by)
    let points = Points(x: xs, quantity: y.quantity, band: band, sparsityAxis: SparsityAxis(column: x.name))
    var lines = groups.map { label, rows in
      LineFigure.Line(label: label.isEmpty ? y.quantity.title : label, points: points.points(of: ys, rows))
    }
    guard lines.contains(where: { $0.points.contains { $0.y != nil } }) else { return nil }
    if let reference = drawing.reference.flatMap({ self[$0] }), let values = reference.numbers {
      lines += references(groups, reference.quantity.title) { points.means(of: values, $0) }
    }
    let name = title ?? self.title.prefix(1).uppercased() + self.title.dropFirst()
    return LineFigure(
      title: name, x: SparsityAxis(column: x.name)?.axis ?? x.quantity.axis(), y: y.quantity.axis(),
      lines: lines,
      caption: caption(points.counts(of: ys, groups.map(\.rows)), band), command: command,
      generator: generator)
  }

  /// The rows of each curve, in the order in which the table names them first.
  func groups(by names: [String]) -> [(label: String, rows: [Int])] {
    let columns = names.compactMap { self[$0] }
    var groups: [(label: String, rows: [Int])] = []
    for row in 0..<rowCount {
      let label = columns.map { column in
        if case .text(let text) = column.values[row] { return text }
        let number = column.values[row].number ?? .nan
        let text =
          column.quantity.unit == .fraction
          ? "\(NumberText.trimmed(number * 100, decimals: 2)) %" : NumberText.exact(number)
        return "\(column.quantity.title) = \(text)"
      }.filter { $0 != "none" }.joined(separator: ", ")
      if let place = groups.firstIndex(where: { $0.label == label }) {
        groups[place].rows.append(row)
      } else {
        groups.append((label, [row]))
      }
    }
    return groups
  }

  /// How far references at one place may lie apart and still be drawn as one line, their mean.
  private static let referenceSpread = 0.1

  /// One line for the curves whose references lie close together, so that there are few where there are many curves.
  private func references(
    _ groups: [(label: String, rows: [Int])], _ title: String, _ points: ([Int]) -> [LineFigure.Point]
  ) -> [LineFigure.Line] {
    var clusters: [(own: [Double: Double], label: String, rows: [Int], others: Int)] = []
    for group in groups {
      let own = Dictionary(points(group.rows).map { (($0.x * 1e6).rounded(), $0.y ?? 0) }) { first, _ in first
      }
      let near = clusters.firstIndex { cluster in
        cluster.own.allSatisfy { place, value in
          own[place].map { abs($0 - value) <= Self.referenceSpread } ?? true
        }
      }
      guard let near else {
        clusters.append((own, group.label, group.rows, 0))
        continue
      }
      clusters[near].own.merge(own) { first, _ in first }
      clusters[near].rows += group.rows
      clusters[near].others += 1
    }
    return clusters.map { cluster in
      let others = cluster.others == 0 ? "" : " and \(cluster.others) more"
      return .init(
        label: clusters.count == 1 ? title : "\(title), \(cluster.label)\(others)",
        points: points(cluster.rows), isReference: true)
    }
  }

  private func caption(_ counts: [Int], _ band: Band) -> String {
    let sentence = description.isEmpty || description.hasSuffix(".") ? description : description + "."
    guard let low = counts.min(), let high = counts.max(), high > 1 else { return sentence }
    let band = band.name.map { "; band: \($0)" } ?? ""
    return (sentence.isEmpty ? "" : sentence + " ")
      + "Mean\(band); n = \(low == high ? "" : "\(low) to ")\(high)."
  }
}

extension NamedTable.Column {
  /// The values as numbers; `nil` for texts.
  var numbers: [Double]? {
    switch values {
    case .texts: nil
    case .integers(let values): values.map(Double.init)
    case .numbers(let values): values
    }
  }
}

extension SparsityAxis {
  /// The axis of a column of densities or sparsities; `nil` for other columns.
  fileprivate init?(column: String) {
    switch column {
    case Metric.density.name: self = .remaining
    case Metric.sparsity.name: self = .sparsity
    default: return nil
    }
  }
}

/// Makes points of rows.
private struct Points {
  let x: [Double]
  let quantity: Quantity
  let band: Band
  let sparsityAxis: SparsityAxis?

  /// One point an x, in the reading direction.
  func points(of values: [Double], _ rows: [Int]) -> [LineFigure.Point] {
    levels(rows).map { level in
      let sample = SampleStatistics(level.rows.map { values[$0] })
      let bounds = band.bounds(of: sample, within: quantity.bounds)
      let format = quantity.tableFormat
      var note = sample.mean.map { format.text($0) } ?? "no value"
      if let bounds { note += " (\(format.text(bounds.low)) to \(format.text(bounds.high)))" }
      return LineFigure.Point(
        x: level.x, y: sample.mean, low: bounds?.low, high: bounds?.high, isComplete: sample.isComplete,
        note: note + ", n = \(sample.countText)")
    }
  }

  /// The means alone.
  func means(of values: [Double], _ rows: [Int]) -> [LineFigure.Point] {
    levels(rows).map { level in .init(x: level.x, y: SampleStatistics(level.rows.map { values[$0] }).mean) }
  }

  /// How many rows have a value, at each x of each curve.
  func counts(of values: [Double], _ curves: [[Int]]) -> [Int] {
    curves.flatMap(levels).map { SampleStatistics($0.rows.map { values[$0] }).count }
  }

  /// The rows at each x. Densities that were counted in networks of equal sparsity differ by rounding only.
  private func levels(_ rows: [Int]) -> [(x: Double, rows: [Int])] {
    let placed = rows.filter { x[$0].isFinite }
    let levels = Dictionary(grouping: placed) { (x[$0] * 1e6).rounded() }.sorted { $0.key < $1.key }
      .map { (x: x[$0.value[0]], rows: $0.value) }
    return sparsityAxis == .remaining ? levels.reversed() : levels
  }
}
