import CoppiceStore

extension IndexRow {
  /// What tells its trial apart, seeds and sparsities left out: `magnitude, lottery-ticket`.
  var condition: String {
    [
      criterion, granularity == "weight" ? "none" : granularity, allocation == "global" ? "none" : allocation,
      schedule, dynamics, control,
    ]
    .filter { $0 != "none" }.joined(separator: ", ")
  }

  /// The condition with the retraining and whatever else the sweep varies, but for what says how much is pruned: what curves are told
  /// apart by.
  var method: String {
    let told = IndexRow.columnNames + ["rounds", "to_round", "target"]
    let varied = settings.filter { !told.contains($0.name.replacing("-", with: "_")) }.map { setting in
      if case .text(let text) = setting.value { return text == "none" ? "" : text }
      return "\(setting.name.replacing("-", with: " ").replacing("_", with: " ")) \(setting.value)"
    }
    let parts = [condition, retraining == "none" ? "" : retraining] + varied
    var different: [String] = []
    for part in parts where !part.isEmpty && !different.contains(part) { different.append(part) }
    return different.joined(separator: ", ")
  }

  /// The share of weights that it was asked to remove, or of what its target counts; NaN where it was asked for no number.
  var asked: Double { requestedSparsity.isNaN ? self[metric: .requestedShare] : requestedSparsity }

  /// What was asked to be left, so that rounds of equal sparsity stand at one place; what is left where no number was asked for.
  var askedDensity: Double { asked.isNaN ? density : (1 - asked).rounded(toPlaces: 4) }

  /// What it was asked to remove a share of, where that is no default.
  var target: ColumnValue? { settings.first { $0.name == "target" }?.value }

  /// Whether another round was asked for the same sparsity, or the same share of the same cost.
  func isAskedLike(_ other: IndexRow) -> Bool { target == other.target && abs(asked - other.asked) < 1e-6 }
}

extension Double {
  /// The nearest number of so many decimals.
  func rounded(toPlaces places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}

extension AnalysisContext {
  /// Rounds that differ in their seed alone: one method at one sparsity, each with the rounds in the order of the index.
  func replicates(_ isIncluded: (AnalysisRound) -> Bool) -> [Replicates] {
    var groups: [Replicates] = []
    var places: [String: Int] = [:]
    for round in rounds where isIncluded(round) {
      let row = round.row
      let name = "\(row.model)|\(row.dataset)|\(row.method)|\(row.round)|\(row.askedDensity)"
      // A trial with a number of its own in place of one that was asked for is grouped by its round.
      let key = row.asked.isNaN ? "\(row.model)|\(row.dataset)|\(row.method)|\(row.round)" : name
      if let place = places[key] {
        groups[place].rounds.append(round)
      } else {
        places[key] = groups.count
        groups.append(Replicates(rounds: [round]))
      }
    }
    return groups
  }
}

/// Rounds that differ in their seed alone.
struct Replicates {
  var rounds: [AnalysisRound]

  var method: String { rounds[0].row.method }
  var round: Int { rounds[0].row.round }

  /// What was asked to be left, 0…1; the mean of what is left where no number was asked for.
  var density: Double {
    let row = rounds[0].row
    if !row.asked.isNaN { return row.askedDensity }
    return (rounds.reduce(0) { $0 + $1.row.density } / Double(rounds.count)).rounded(toPlaces: 4)
  }
}
