/// Finds the dense network that a row is compared with, of the same seed.
///
/// It is one of the row's model and dataset, and of several, in this order of weight: the one with the same retraining, else the
/// one without any; the one that agrees in most settings; the one of the same round, which has been trained for as many steps;
/// the last round. Of equals it is the first. Notebooks have the same rule in Python.
package struct DenseReferences: Sendable, Equatable {
  /// Rows of dense trials, every round of them, or what stands in for them.
  private let rows: [IndexRow]
  /// The places of the rows of each seed, in order.
  private let places: [Int: [Int]]
  /// What rows are compared by.
  private let columns: [String]

  package init(_ rows: [IndexRow], columns: [String]) {
    (self.rows, self.columns) = (rows, columns)
    places = Dictionary(grouping: rows.indices) { rows[$0].seed }
  }

  package func reference(of row: IndexRow) -> IndexRow? {
    let candidates = (places[row.seed] ?? []).filter {
      rows[$0].model == row.model && rows[$0].dataset == row.dataset
    }
    let ranks = candidates.map { Self.retrainingRank(rows[$0], row) }
    let bestRank = ranks.max()
    let fitting = zip(candidates, ranks).filter { $0.1 == bestRank }.map(\.0)
    // Comparing columns takes long, and nothing is to be chosen where there is one.
    if fitting.count == 1 { return rows[fitting[0]] }
    var best: (place: Int, rank: (Int, Int, Int))?
    for place in fitting {
      let dense = rows[place]
      let rank = (
        columns.count { dense.isEqual(to: row, in: $0) }, dense.round == row.round ? 1 : 0,
        dense.isFinal ? 1 : 0
      )
      if best.map({ rank > $0.rank }) ?? true { best = (place, rank) }
    }
    return best.map { rows[$0.place] }
  }

  /// How well the retraining of a dense row fits.
  package static func retrainingRank(_ dense: IndexRow, _ row: IndexRow) -> Int {
    dense.retraining == row.retraining ? 2 : dense.retraining == "none" ? 1 : 0
  }
}

extension IndexRow {
  /// Whether the trial was asked for no sparsity at all, and is no control: a baseline. A recipe is none, though it may only quantise
  /// or distil. Nor is a learned mask that came to remove nothing: it is asked for no number, and works inside the training.
  package var isDense: Bool {
    guard control == "none", schedule != "recipe" else { return false }
    if targetSparsity.isFinite { return targetSparsity <= 0 }
    return isFinal && density == 1 && schedule != "none"
  }

  /// Whether a column has the same value in another row. What is not there, and an empty text, are `none`.
  fileprivate func isEqual(to other: IndexRow, in column: String) -> Bool {
    func value(_ row: IndexRow) -> ColumnValue {
      switch row[column: column] {
      case .text(let text): .text(text.isEmpty ? "none" : text)
      case .number(let number): number.isFinite ? .number(number) : .text("none")
      case .integer(let integer): .number(Double(integer))
      case nil: .text("none")
      }
    }
    return value(self) == value(other)
  }
}
