import CoppiceStore

extension Comparison {
  /// The comparison as a table: one line a difference. p is that of the paired t test, Holm's correction counts all lines.
  package var table: Table {
    let quantity = metric.quantity
    let unit = quantity.unit == .fraction ? "pp" : quantity.unitText
    var table = Table(columns: nameColumns)
    let hasOneReference = Set(lines.map(\.reference)).count == 1
    func mean(_ name: String, _ words: String) -> Table.Column {
      .init(
        name: "\(metric.name)_\(name)",
        heading: "\(words) (\(quantity.unitText ?? ""))".replacing(" ()", with: ""),
        format: quantity.tableFormat)
    }
    table.columns += [
      .init(name: "n"), mean("treatment", "treatment"),
      mean("reference", hasOneReference ? "reference" : "other"),
      .init(
        name: "difference", heading: "difference" + (unit.map { " (\($0))" } ?? ""),
        format: quantity.tableFormat,
        halfWidthSuffix: "_ci95", isSigned: true),
      .init(name: "p", format: .decimal(4)), .init(name: "p_holm", heading: "p (Holm)", format: .decimal(4)),
      .init(name: "p_signed_rank", heading: "p (Wilcoxon)", format: .decimal(4)),
      .init(name: "p_sign", heading: "p (sign)", format: .decimal(4)),
      .init(name: "p_least", heading: "least exact p", format: .decimal(4)),
      .init(name: "effect_size", heading: "effect d_z", format: .decimal(2), isSigned: true),
      .init(name: "verdict", heading: "treatment is", isName: true),
    ]
    table.rows = lines.map { line in
      let sample = line.difference.sample
      func number(_ value: Double?) -> Table.Cell { value.map(Table.Cell.number) ?? .missing }
      return names(line)
        + [
          .count(sample.count, of: sample.expected), number(line.treated.mean), number(line.referred.mean),
          sample.mean.map { .estimate(mean: $0, halfWidth: sample.confidenceHalfWidth) } ?? .missing,
          number(line.difference.tTestP), number(line.correctedP), .number(line.difference.signedRankTest.p),
          .number(line.difference.signTest.p), .number(SignedRankTest.leastP(sample.count)),
          number(line.difference.effectSize), .text(line.verdict.words(sample.count)),
        ]
    }
    return table
  }

  private var nameColumns: [Table.Column] {
    [.init(name: "treatment", isName: true), .init(name: "reference", isName: true)]
      + columns.map { column in
        column == "requested_sparsity"
          ? .init(name: column, heading: "sparsity (%)", format: .percent(2), isName: true)
          : .init(name: column, heading: CurveSet.shownName(column), isName: true)
      }
  }

  private func names(_ line: Line) -> [Table.Cell] {
    [.text(sides[line.treatment].label), .text(sides[line.reference].label)] + line.place
  }

  /// All sides against all, for people: one line a side and place, one column a side. A cell is the difference of its line's side to
  /// its column's, with a star where the two are distinguishable.
  package var matrix: Table {
    let quantity = metric.quantity
    let unit = quantity.unit == .fraction ? " (pp)" : quantity.unitText.map { " (\($0))" } ?? ""
    var table = Table(columns: Array(nameColumns.dropFirst(2)))
    table.columns.append(
      .init(name: "side", heading: "\(quantity.title): line less column\(unit)", isName: true))
    table.columns += sides.map { .init(name: $0.label) }
    let difference = Table.Column(name: "", format: quantity.tableFormat, isSigned: true)
    var places: [[Table.Cell]] = []
    for line in lines where !places.contains(line.place) { places.append(line.place) }
    for place in places {
      let here = lines.filter { $0.place == place }
      for row in sides.indices {
        let cells = sides.indices.map { column -> Table.Cell in
          guard
            let line = here.first(where: {
              ($0.treatment, $0.reference) == (row, column) || ($0.treatment, $0.reference) == (column, row)
            }), let mean = line.difference.sample.mean
          else { return .missing }
          let value = line.treatment == row ? mean : -mean
          let star = [.higher, .lower].contains(line.verdict) ? " *" : ""
          return .text(table.display(.number(value), difference) + star)
        }
        if cells.contains(where: { $0 != .missing }) {
          table.rows.append(place + [.text(sides[row].label)] + cells)
        }
      }
    }
    return table
  }

  /// What a reader must know of the numbers, in sentences.
  package var notes: [String] {
    let tests = lines.count { $0.correctedP != nil }
    var notes = [
      "differences are paired by seed"
        + (columns.isEmpty ? "" : " and by \(columns.map(CurveSet.shownName).joined(separator: ", "))")
        + "; ± is the half-width of the 95 % interval (Student's t); p is that of the paired t test"
        + (tests > 1 ? ", Holm's correction counts \(tests) tests" : "")
    ]
    for (side, count) in zip(sides, unpaired) where count > 0 {
      notes.append(
        "\(count) \(count == 1 ? "row" : "rows") of \(side.label) \(count == 1 ? "has" : "have") no partner and \(count == 1 ? "is" : "are") left out"
      )
    }
    return notes
  }

  /// What the sides differ in beside what they are chosen by, see `Comparability`.
  package func remarks(_ comparability: Comparability) -> [String] {
    let groups = zip(sides, rows).map { side, rows in
      Comparability.Group(side.label, rows, seeds: Set(rows.map(\.seed)).count)
    }
    let told = Set(sides.flatMap { $0.filters.flatMap(\.columns) }).union(columns)
    return comparability.findings(groups, toldBy: Array(told)).map(\.sentence)
  }
}
