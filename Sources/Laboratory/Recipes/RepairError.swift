import CoppiceTerms

/// A repair of what is not there.
package enum RepairError: Error, Hashable, CustomStringConvertible {
  case noStatistics(Specification)
  case noBias([String])
  case tooWide(String, columns: Int, most: Int)
  case notFinite(String, repair: String)

  package var description: String {
    switch self {
    case .noStatistics(let model):
      "repair recalibrate makes running statistics anew, and \(model) has no batch normalisation; set repair=none, or take a "
        + "model with one"
    case .noBias(let layers):
      "repair bias-correction lets the bias of every pruned layer take up what pruning changes, and "
        + layers.prefix(3).joined(separator: ", ")
        + (layers.count > 3 ? ", … have" : layers.count > 1 ? " have" : " has")
        + " none; let the allocation ignore \(layers.count > 1 ? "them" : "it"), or take another repair"
    case .tooWide(let layer, let columns, let most):
      "repair least-squares solves rows of up to \(most) weights, and those of \(layer) have \(columns); take another repair"
    case .notFinite(let layer, let repair):
      "repair \(repair) found a number that is not finite in \(layer); the network before it has diverged, or its inputs are too large"
    }
  }
}

extension RepairError: ReportedError {
  /// Settings that do not go together.
  package var exitCode: FailureCode { .usage }
}
