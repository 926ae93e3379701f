import CoppicePruning
import CoppiceStore
import CoppiceTerms

extension SweepPlan {
  /// What a reader must know of the masks behind some rows: rounds that removed nothing, and sparsities that are missed. Trials of
  /// which the same is to be said share a line.
  ///
  /// - Parameter outputs: where prunings tell which layers a floor has held.
  func notes(on rows: [IndexRow], from outputs: RecentStages) -> [String] {
    let byTrial = Dictionary(grouping: rows, by: \.trial)
    var texts: [(text: String, trials: [String])] = []
    for trial in trials {
      for text in trial.notes(on: byTrial[trial.name] ?? [], from: outputs) {
        if let place = texts.firstIndex(where: { $0.text == text }) {
          texts[place].trials.append(trial.name)
        } else {
          texts.append((text, [trial.name]))
        }
      }
    }
    return texts.map { text, trials in
      let others = trials.count - 1
      return "\(trials[0])\(others == 0 ? "" : " and \(others) more"): \(text)"
    }
  }
}

extension TrialPlan {
  /// What there is to say of one trial.
  fileprivate func notes(on rows: [IndexRow], from outputs: RecentStages) -> [String] {
    let rows = rows.filter { $0.status == .completed && $0.sparsity.isFinite }
    return [vainRounds(rows), miss(rows), heldLayers(outputs)].compactMap { $0 }
  }

  /// The layers that a floor of the allocation has held, and in which prunings.
  private func heldLayers(_ outputs: RecentStages) -> String? {
    guard trial.allocation.hasFloor else { return nil }
    var held: [(layer: String, prunings: [String])] = []
    for (index, stage) in stages.compactMap({ $0 as? PruningStage }).enumerated() {
      guard let record = try? outputs.read(stage.key),
        case .list(let names)? = JSON(parsing: record.metadata)?["held"]
      else { continue }
      for case .text(let name) in names {
        if let place = held.firstIndex(where: { $0.layer == name }) {
          held[place].prunings.append("\(index + 1)")
        } else {
          held.append((name, ["\(index + 1)"]))
        }
      }
    }
    guard !held.isEmpty else { return nil }
    return "the floor of allocation \(trial.allocation.name) held "
      + held.map { "\($0.layer) in pruning \($0.prunings.joined(separator: ", "))" }.joined(separator: "; ")
      + ", and the other layers gave more"
  }

  private func vainRounds(_ rows: [IndexRow]) -> String? {
    var vain: [String] = []
    for (before, row) in zip(rows, rows.dropFirst()) {
      let isAsked = row.requestedSparsity > before.requestedSparsity
      if row.round == before.round + 1, isAsked, row.sparsity == before.sparsity {
        vain.append("\(row.round)")
      }
    }
    guard !vain.isEmpty else { return nil }
    return (vain.count == 1 ? "round \(vain[0])" : "rounds \(vain.joined(separator: ", "))")
      + " removed nothing: what was asked for is less than half a unit"
      + (largestUnit == 1 ? "" : " of up to \(largestUnit) weights") + " away"
  }

  /// The round that misses its sparsity by most, where that is by more than half a unit.
  private func miss(_ rows: [IndexRow]) -> String? {
    var worst: (row: IndexRow, difference: Double)?
    for row in rows {
      let difference = abs(row.sparsity - row.requestedSparsity)
      guard difference >= IndexRow.toldDifference,
        2 * difference * Double(prunableCount) > Double(largestUnit) * (1 + 1e-9),
        difference > worst?.difference ?? 0
      else { continue }
      worst = (row, difference)
    }
    guard let worst else { return nil }
    func percent(_ value: Double) -> String { "\((value * 10_000).rounded() / 100) %" }
    return
      "a sparsity of \(percent(worst.row.requestedSparsity)) was asked for in round \(worst.row.round) and \(percent(worst.row.sparsity)) "
      + "came of it: allocation \(trial.allocation.name) and granularity \(trial.granularity.name) miss it by more than half a unit"
      + (largestUnit == 1 ? "" : " of up to \(largestUnit) weights")
  }
}
