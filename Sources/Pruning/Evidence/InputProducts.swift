import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// Σ x xᵀ over every row x that a filter of a weight is multiplied by: over the batch and its positions, and over every place where
  /// the weight is read. `[groups, in, in]`, where a weight of one group is `[out, in]` when flattened: a convolution's filter is the
  /// row `[in / groups · height · width]`, and x what its window shows.
  ///
  /// Half of it times 2 is the Hessian of ½ ‖W X − W₀ X‖² by a row of W, X holding the rows x as columns.
  public static let inputProducts = Evidence("input-products", version: 1) { trace in
    trace.perSite {
      $0.inputProducts
    } combine: {
      $0 + $1
    }
  }
}

extension LossTrace {
  /// One array for each weight that is multiplied somewhere, those of several places combined.
  func perSite(
    _ value: (Site) -> Value?, combine: (Value, Value) -> Value
  ) -> [(name: String, value: Value)] {
    var found: [(name: String, value: Value)] = []
    for site in sites {
      guard let value = value(site) else { continue }
      if let known = found.firstIndex(where: { $0.name == site.parameter }) {
        found[known].value = combine(found[known].value, value)
      } else {
        found.append((site.parameter, value))
      }
    }
    return found
  }

  /// The weights that are multiplied somewhere, each once.
  var multipliedWeights: [(name: String, value: Value)] {
    perSite {
      $0.weight
    } combine: { first, _ in
      first
    }
  }
}
