import CoppiceTensors
import CoppiceTerms

/// How the sparsity rises from 0 to the pruning ratio s over the moves of a gradual pruning, p being how many of them are made, 0…1.
public enum SparsityCurve: String, Hashable, Sendable, CaseIterable {
  /// s · (1 − (1 − p)³): fast at first and slower towards the end (Zhu and Gupta 2017).
  case cubic
  /// s · p: as many weights in every move.
  case linear
  /// 1 − (1 − s)^p: the same fraction of the survivors in every move.
  case exponential
  /// s · (1 − cos(π p)) / 2: slow at both ends.
  case cosine

  /// The sparsity when a part of the moves is made.
  func sparsity(_ progress: Double, ratio: Double) -> Double {
    if progress == 1 { return ratio }
    switch self {
    case .cubic:
      let left = 1 - progress
      return ratio * (1 - left * left * left)
    case .linear: return ratio * progress
    case .exponential: return progress == 0 ? 0 : 1 - Elementary.pow(1 - ratio, progress)
    case .cosine: return ratio * (1 - Elementary.cos(.pi * progress)) / 2
    }
  }
}

extension SpecificationReader {
  /// Takes out the field of a curve.
  mutating func curve() throws -> SparsityCurve {
    let names = SparsityCurve.allCases.map(\.rawValue).joined(separator: ", ")
    return try take("curve", "one of \(names)", default: .cubic) { SparsityCurve(rawValue: $0.description) }
  }
}
