import CoppiceTerms

extension CostTarget: Catalogued {
  /// The targets that are shipped, in the order they are listed.
  public static let catalogue = Catalogue<CostTarget>(
    "target", [.weights, .units, .parameters, .flops, .bytes, .memory, .latency])
}

/// Another name of `CostTarget`, for what is shipped: `CostTargets.all`.
public typealias CostTargets = CostTarget
