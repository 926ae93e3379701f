import CoppiceTerms

/// A dynamics that does not keep its word.
public enum DynamicsError: Error, Hashable, CustomStringConvertible {
  /// Masks of other parameters than those that are prunable.
  case otherLayers(String, [String], [String])
  /// A mask of another shape than its weight.
  case otherShape(String, String)
  /// Another number of survivors than is promised.
  case count(String, step: Int, promised: Int, found: Int)
  /// A weight or a gradient that is infinite or not a number.
  case notFinite(String, String, of: String, index: Int)
  /// What the dynamics cannot move: why, and what would be possible.
  case unfit(String, dynamics: String)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .otherLayers(let dynamics, let found, let wanted):
      "dynamics \(dynamics) gives masks of \(found.joined(separator: ", ")) where the prunable weights are "
        + "\(wanted.joined(separator: ", ")): change the masks it is given and return all of them"
    case .otherShape(let dynamics, let parameter):
      "dynamics \(dynamics) gives a mask of \(parameter) in another shape than the weight has"
    case .count(let dynamics, let step, let promised, let found):
      "dynamics \(dynamics) promises \(promised) survivors at step \(step) and leaves \(found): its masks or its count "
        + "are wrong"
    case .notFinite(let dynamics, let quantity, let parameter, let index):
      "dynamics \(dynamics) finds the \(quantity) of element \(index) of \(parameter) infinite or not a number: look for a "
        + "diverged training"
    case .unfit(let reason, let dynamics): "dynamics \(dynamics) cannot be used here: \(reason)"
    }
  }
}

extension DynamicsError: ReportedError {
  /// A dynamics whose code is wrong.
  public var exitCode: FailureCode { .usage }
}
