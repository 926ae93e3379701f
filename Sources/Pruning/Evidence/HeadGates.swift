import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// The mean over examples n of |∂Lₙ/∂ξ| at a gate ξ = 1 on every attention head, `[heads]` by the weight that reads the
  /// heads: |Σ o · ∂Lₙ/∂o|, the sum being over all that a head gives, its features and positions. Heads are in the order of the
  /// graph's groups.
  public static let headGates = Evidence("head-gates", version: 1, batch: .examples(1), combine: .mean) {
    trace in
    let heads = NetworkStructure(groups: trace.groups).heads
    var gates: [(name: String, value: Value)] = []
    let sites = trace.sites.filter { site in
      heads.contains { $0.slices.contains { $0.parameter == site.parameter && $0.axis == 1 } }
    }
    for (site, gradient) in zip(sites, trace.gradients(of: trace.loss, wrt: sites.map(\.input))) {
      let product = site.input * gradient
      let features = product.summed(over: Array(0..<(product.shape.rank - 1)))
      let found: [Value] = heads.compactMap { head in
        guard
          let slice = head.slices.first(where: { $0.parameter == site.parameter && $0.axis == 1 })
        else { return nil }
        let parts = slice.indices.map { features.sliced(0, $0..<($0 + 1)) }
        return parts.dropFirst().reduce(parts[0], +).magnitude
      }
      guard let first = found.first, !gates.contains(where: { $0.name == site.parameter }) else { continue }
      gates.append(
        (site.parameter, found.dropFirst().reduce(first) { $0.concatenated(with: $1, axis: 0) }))
    }
    return gates
  }
}
