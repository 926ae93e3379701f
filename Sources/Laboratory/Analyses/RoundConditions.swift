import CoppiceStore

/// What tells the curves of some rounds apart: the columns in which they differ, seeds and sparsities left out.
struct RoundConditions {
  /// All columns that can tell rounds apart.
  let candidates: [String]
  /// Those that do. Of two that say the same the later is left out.
  let columns: [String]

  /// What says how a network is pruned, in the order in which a label names it.
  private static let identity = [
    "criterion", "schedule", "dynamics", "control", "retraining", "allocation", "granularity", "model",
    "dataset",
  ]
  /// What places a round on its curve.
  private static let places: Set = ["seed", "sparsity", "rounds"]

  /// - Parameter leavingOut: columns that are to tell nothing apart.
  init(_ rows: [IndexRow], leavingOut: Set<String> = []) {
    var names: [String] = ["rewind_step"]
    for setting in rows.lazy.flatMap(\.settings) where !Self.places.contains(setting.name) {
      let name = Self.identity.contains(setting.name) ? "setting_" + setting.name : setting.name
      if !names.contains(name) { names.append(name) }
    }
    candidates = (Self.identity + names).filter {
      !leavingOut.contains($0.hasPrefix("setting_") ? String($0.dropFirst(8)) : $0)
    }
    func groups(_ columns: [String]) -> Int { Set(rows.map { row in columns.map(row.named) }).count }
    var kept: [String] = []
    for column in candidates where groups(kept + [column]) > groups(kept) { kept.append(column) }
    columns = kept
  }

  /// The values in which the rounds differ, without `none`. Where there is none, criterion, schedule and dynamics.
  func label(of row: IndexRow) -> String {
    let values = columns.compactMap { column -> String? in
      let value = row.named(column)
      if value == "none" { return nil }
      let name = column.hasPrefix("setting_") ? String(column.dropFirst(8)) : column
      return Self.identity.contains(name) ? value : "\(name) = \(value)"
    }
    if !values.isEmpty { return values.joined(separator: ", ") }
    let names = ["criterion", "schedule", "dynamics"].map(row.named).filter { $0 != "none" }
    return names.isEmpty ? "all trials" : names.joined(separator: ", ")
  }
}

extension IndexRow {
  /// A column as text; `none` where there is nothing.
  fileprivate func named(_ column: String) -> String {
    guard let value = self[column: column]?.description, !value.isEmpty, value != "nan" else { return "none" }
    return value
  }
}
