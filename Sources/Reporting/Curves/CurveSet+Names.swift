import CoppiceStore

/// The first columns of a results table: what tells its lines apart.
extension CurveSet {
  var nameColumns: [Table.Column] {
    let own = columns.isEmpty ? ["trials"] : columns
    let recipes = RecipeNames(curves.flatMap(\.group)).shown
    return (needsBaselineColumn ? ["baseline"] : []).map { Table.Column(name: $0, isName: true) }
      + own.map { Table.Column(name: $0, heading: Self.shownName($0), isName: true, shown: recipes) }
  }

  func names(of curve: Curve) -> [Table.Cell] {
    let own = columns.isEmpty ? [Table.Cell.text(curve.label)] : curve.group.map(Self.cell)
    return (needsBaselineColumn ? [.missing] : []) + own
  }

  /// A dense network is named under the columns it differs in, and `dense` under the first that says nothing of it. What else
  /// it differs in stands beside that word.
  func names(ofBaseline baseline: Curve) -> [Table.Cell] {
    if columns.isEmpty { return [.text(baseline.label)] }
    let values = Dictionary(zip(baseline.columns, baseline.group), uniquingKeysWith: { first, _ in first })
    let free = columns.firstIndex { values[$0] == nil }
    let word = word(for: baseline)
    let isOnce = isTrainedOnce(baseline)
    let own = columns.enumerated().map { place, column -> Table.Cell in
      if isOnce, column == "schedule", place != free { return .missing }
      return values[column].map(Self.cell) ?? (place == free ? .text(word) : .missing)
    }
    return (needsBaselineColumn ? [.text(word)] : []) + own
  }

  /// `dense`, with what a baseline differs in that no column tells.
  private func word(for baseline: Curve) -> String {
    let isOnce = isTrainedOnce(baseline)
    let rest = zip(baseline.columns, baseline.group).filter { column, value in
      !columns.contains(column) && value != "none" && !(isOnce && column == "schedule")
    }
    return
      (["dense"]
      + rest.map { column, value in
        Self.identityColumns.contains(column) ? value : "\(Self.shownName(column)) = \(value)"
      }).joined(separator: ", ")
  }

  /// Whether a dense network is not trained again, so that its schedule makes no difference.
  private func isTrainedOnce(_ baseline: Curve) -> Bool {
    baseline.cells.flatMap(\.rows).allSatisfy { $0.retraining == "none" }
  }

  /// Whether baselines that differ in every column differ in more than that.
  private var needsBaselineColumn: Bool {
    !columns.isEmpty
      && baselines.contains { baseline in
        columns.allSatisfy(baseline.columns.contains) && word(for: baseline) != "dense"
      }
  }

  /// A value of a column; a number as one, so that programs read it as a number.
  private static func cell(_ value: String) -> Table.Cell { value == "none" ? .missing : .value(value) }
}
