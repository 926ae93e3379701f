import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// The diagonal of the Gauss–Newton matrix Jᵀ H J, the mean over examples: J are the derivatives of an example's logits by the
  /// weights, and H the second derivatives of its loss by the logits. For every weight that can be pruned.
  ///
  /// H J goes through the graph once for each logit a, and J once more: hᵢ = Σₐ (∂zₐ/∂wᵢ) · (Jᵀ Hₐ)ᵢ. Nothing is drawn or dropped
  /// but the curvature of the logits themselves, Σₐ (∂L/∂zₐ) · ∂²zₐ/∂wᵢ². That is 0 in networks whose logits are linear in each
  /// single weight, of linear layers, convolutions, rectifiers and poolings: there this is the diagonal of the Hessian itself.
  ///
  /// A network with more than 128 logits an example is refused, since each costs two passes.
  public static let curvatureDiagonal = Evidence(
    "curvature-diagonal", version: 1, batch: .examples(1), combine: .mean
  ) { trace in
    let (weights, logits) = (trace.multipliedWeights, trace.logits)
    guard logits.shape.count <= mostLogits else {
      trace.builder.fail(
        "curvature-diagonal",
        "costs two passes a logit, and an example has \(logits.shape.count): at most \(mostLogits) are taken")
      return []
    }
    let slopes = trace.gradients(of: trace.loss, wrt: [logits])[0].flattened
    let places = logits.flattened
    var sums: [Value?] = weights.map { _ in nil }
    for place in 0..<logits.shape.count {
      let curvature = trace.gradients(of: slopes.sliced(0, place..<(place + 1)).sum, wrt: [logits])[0]
      let one = trace.gradients(of: places.sliced(0, place..<(place + 1)).sum, wrt: weights.map(\.value))
      let all = trace.builder.gradients(of: [logits], seeds: [curvature], wrt: weights.map(\.value))
      for (index, pair) in zip(one, all).enumerated() {
        guard let other = pair.1 else { continue }
        let product = pair.0 * other
        sums[index] = sums[index].map { $0 + product } ?? product
      }
    }
    return zip(weights, sums).compactMap { weight, sum in sum.map { (weight.name, $0) } }
  }

  /// The most logits of an example that the curvature is computed for.
  static let mostLogits = 128
}
