import CoppiceStore

/// Finds the dense network that a row is compared with, of the same seed.
///
/// It is one of the row's model and dataset, and of several, in this order of weight: the one with the same retraining, else the
/// one without any; the one that agrees in most settings; the one of the same round, which has been trained for as many steps;
/// the last round. Of equals it is the first. Notebooks have the same rule in Python (`NotebookPython`).
struct DenseReferences: Sendable, Equatable {
  /// Rows of dense trials, every round of them, or what stands in for them.
  private let rows: [IndexRow]
  /// What rows are compared by.
  private let columns: [String]

  init(_ rows: [IndexRow], columns: [String]) { (self.rows, self.columns) = (rows, columns) }

  func reference(of row: IndexRow) -> IndexRow? {
    var best: (row: IndexRow, rank: (Int, Int, Int, Int))?
    for dense in rows
    where dense.seed == row.seed && dense.model == row.model && dense.dataset == row.dataset {
      let rank = (
        Self.retrainingRank(dense, row), columns.count { dense.text($0) == row.text($0) },
        dense.round == row.round ? 1 : 0, dense.isFinal ? 1 : 0
      )
      if best.map({ rank > $0.rank }) ?? true { best = (dense, rank) }
    }
    return best?.row
  }

  /// How well the retraining of a dense row fits.
  static func retrainingRank(_ dense: IndexRow, _ row: IndexRow) -> Int {
    dense.retraining == row.retraining ? 2 : dense.retraining == "none" ? 1 : 0
  }
}
