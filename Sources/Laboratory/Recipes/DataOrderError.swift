import CoppiceTerms

/// A network that cannot be trained as a copy in another data order.
package enum DataOrderError: Error, Hashable, CustomStringConvertible {
  case pastEnd(DataOrder, step: Int, total: Int)
  case untrained(DataOrder, round: Int)
  case inside(DataOrder, what: String)

  package var description: String {
    switch self {
    case .pastEnd(let order, let step, let total):
      "data-order \(order) begins at step \(step), and the dense training ends after \(total): choose an earlier step"
    case .untrained(let order, let round):
      "data-order \(order) trains a copy of every network that is measured, and that of round \(round) is not trained by itself: "
        + "set data-order=0, or a retraining that makes steps"
    case .inside(let order, let what):
      "data-order \(order) begins inside a training \(what), which is made in one piece: set data-order=\(order.number)"
    }
  }
}

extension DataOrderError: ReportedError {
  /// Settings that do not go together.
  package var exitCode: FailureCode { .usage }
}
