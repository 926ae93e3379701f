import CoppiceStore

extension NamedTable {
  /// How many matrices or panels one figure shows at most. Of more, as many are shown, evenly taken.
  package static let panelLimit = 12

  /// The table as one or several matrices; `nil` for a table that is drawn otherwise, or lacks what would be.
  package func matrix(
    title: String? = nil, command: String? = nil, generator: String? = nil
  ) -> MatrixFigure? {
    guard let drawing, drawing.form == .matrix, let rows = self[drawing.y], let columns = self[drawing.x],
      let value = drawing.value.flatMap({ self[$0] }), let numbers = value.numbers
    else { return nil }
    let (rowPlaces, columnPlaces) = (Coordinates(rows), Coordinates(columns))
    let groups = groups(by: drawing.by)
    // What is nearly empty beside others is not worth a panel.
    let filled = groups.map { group in
      Set(group.rows.filter { numbers[$0].isFinite }.map { [rowPlaces.places[$0], columnPlaces.places[$0]] })
        .count
    }
    let full = groups.indices.filter { 2 * filled[$0] >= filled.max() ?? 0 }
    let shown = Self.evenly(full.count, Self.panelLimit).map { full[$0] }
    let names = SharedWords(shown.map { groups[$0].label })
    let isScaled = value.quantity.unit != .fraction && shown.count > 1
    let panels = zip(shown, names.labels).map { index, name in
      var sums = [[(sum: Double, count: Int)]](
        repeating: [(sum: Double, count: Int)](repeating: (0, 0), count: columnPlaces.labels.count),
        count: rowPlaces.labels.count)
      for row in groups[index].rows where numbers[row].isFinite {
        let (y, x) = (rowPlaces.places[row], columnPlaces.places[row])
        sums[y][x] = (sums[y][x].sum + numbers[row], sums[y][x].count + 1)
      }
      var panel = MatrixFigure.Panel(
        name, sums.map { $0.map { $0.count == 0 ? nil : $0.sum / Double($0.count) } })
      if isScaled { panel.top = panel.values.joined().compactMap { $0 }.max() }
      return panel
    }
    let words = SharedWords(rowPlaces.labels + columnPlaces.labels)
    let (rowLabels, columnLabels) = (
      rows.isText && columns.isText
        ? Array(words.labels.prefix(rowPlaces.labels.count)) : rowPlaces.labels,
      rows.isText && columns.isText
        ? Array(words.labels.dropFirst(rowPlaces.labels.count)) : columnPlaces.labels
    )
    let shared = names.shared + (rows.isText && columns.isText ? words.shared : [])
    let all = panels.flatMap { $0.values.joined() }.compactMap { $0 }
    guard let low = all.min(), let high = all.max() else { return nil }
    let top = value.quantity.unit == .fraction && value.quantity.bounds?.upperBound == 1 ? 1 : high
    let bottom = min(0, low)
    let sentence = description.isEmpty || description.hasSuffix(".") ? description : description + "."
    let more =
      (shared.isEmpty ? "" : " All: \(shared.joined(separator: ", ")).")
      + (shown.count < groups.count ? " \(shown.count) of \(groups.count) panels are shown." : "")
    return MatrixFigure(
      title: title ?? self.title.prefix(1).uppercased() + self.title.dropFirst(), rows: rowLabels,
      rowTitle: rows.isText ? "" : rows.quantity.heading, columns: columnLabels,
      columnTitle: columns.isText ? "" : columns.quantity.heading, valueTitle: value.quantity.heading,
      format: value.quantity.tableFormat, bounds: bottom...max(top, bottom), panels: panels,
      caption: (sentence + more).trimmed, command: command, generator: generator)
  }

  /// The table as small panels of curves; `nil` for a table that is drawn otherwise, or lacks what would be.
  package func panels(
    title: String? = nil, band: Band = .minmax, command: String? = nil, generator: String? = nil
  ) -> PanelFigure? {
    guard let drawing, drawing.form == .panels, let panel = drawing.by.first else { return nil }
    let groups = groups(by: [panel])
    let shown = Self.evenly(groups.count, Self.panelLimit)
    var curves = self
    curves.drawing = Drawing(
      drawing.y, against: drawing.x, by: Array(drawing.by.dropFirst()), reference: drawing.reference)
    let names = SharedWords(shown.map { groups[$0].label })
    var figures = zip(shown, names.labels).compactMap { index, name -> LineFigure? in
      var figure = curves.taking(groups[index].rows).figure(
        title: name, band: band, command: command, generator: generator)
      figure?.plotHeight = 120
      return figure
    }
    guard !figures.isEmpty else { return nil }
    // Every panel has every line, so that one legend names those of all.
    var lines: [LineFigure.Line] = []
    for line in figures.flatMap(\.lines) where !lines.contains(where: { $0.label == line.label }) {
      lines.append(.init(label: line.label, points: [], isReference: line.isReference))
    }
    lines = lines.filter { !$0.isReference } + lines.filter(\.isReference)
    for index in figures.indices {
      figures[index].lines = lines.map { line in
        var own = figures[index].lines.first { $0.label == line.label } ?? line
        own.hasMarkers = own.hasMarkers && own.points.count <= 20
        return own
      }
    }
    var page = PanelFigure(
      title: title ?? self.title.prefix(1).uppercased() + self.title.dropFirst(), figures)
    if !names.shared.isEmpty { page.panels[0].caption += " All: \(names.shared.joined(separator: ", "))." }
    if shown.count < groups.count {
      page.panels[0].caption += " \(shown.count) of \(groups.count) panels are shown."
    }
    return page
  }

  /// So many places of `count`, first and last among them, as evenly as can be.
  static func evenly(_ count: Int, _ limit: Int) -> [Int] {
    guard count > limit, limit > 1 else { return Array(0..<count) }
    return (0..<limit).map { ($0 * (count - 1) + (limit - 1) / 2) / (limit - 1) }
  }
}

/// The different values of a column, and which of them each row has: texts in the order of the table, numbers rising, and densities
/// falling, as they are read.
private struct Coordinates {
  let labels: [String]
  let places: [Int]

  init(_ column: NamedTable.Column) {
    if case .texts(let texts) = column.values {
      var labels: [String] = []
      var known: [String: Int] = [:]
      places = texts.map { text in
        if let place = known[text] { return place }
        known[text] = labels.count
        labels.append(text)
        return labels.count - 1
      }
      self.labels = labels
      return
    }
    let numbers = column.numbers ?? []
    let rising = Array(Set(numbers.map { $0.isNaN ? -1 : $0 })).sorted()
    let values = column.name == Metric.density.name ? rising.reversed() : rising
    let known = Dictionary(values.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    places = numbers.map { known[$0.isNaN ? -1 : $0] ?? 0 }
    labels = values.map { value in
      if case .percent = column.quantity.tableFormat { return NumberText.trimmed(value * 100, decimals: 2) }
      return NumberText.trimmed(value, decimals: 3)
    }
  }
}

/// Labels without the words that all of them have: what is told of all is told once.
private struct SharedWords {
  let labels: [String]
  let shared: [String]

  /// Words stand between commas.
  init(_ labels: [String]) {
    let parts = labels.map { $0.split(separator: ",").map { String($0.drop { $0 == " " }) } }
    let known = (parts.first ?? []).filter { word in parts.allSatisfy { $0.contains(word) } }
    let rest = parts.map { words in words.filter { !known.contains($0) } }
    guard Set(labels).count > 1, rest.allSatisfy({ !$0.isEmpty }) else {
      (self.labels, shared) = (labels, [])
      return
    }
    (self.labels, shared) = (rest.map { $0.joined(separator: ", ") }, known)
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}

extension NamedTable.Column {
  fileprivate var isText: Bool { if case .texts = values { true } else { false } }
}
