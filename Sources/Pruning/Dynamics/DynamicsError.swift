import CoppiceTerms

/// A dynamics that does not keep its word.
public enum DynamicsError: Error, Hashable, CustomStringConvertible {
  /// Masks of other parameters than those that are prunable.
  case otherLayers(String, [String], [String])
  /// A mask of another shape than its weight.
  case otherShape(String, String)
  /// Another number of survivors than is promised.
  case count(String, step: Int, promised: Int, found: Int)

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
    }
  }
}

extension DynamicsError: ReportedError {
  /// A dynamics whose code is wrong.
  public var exitCode: FailureCode { .usage }
}
