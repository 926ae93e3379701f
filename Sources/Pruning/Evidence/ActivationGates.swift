import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// The mean over examples n of |1/M · Σ y · ∂Lₙ/∂y|, `[out]` for every prunable weight: y is what the weight's operation
  /// gives with its bias, and the sum is over the M positions of a channel or feature. It is |∂Lₙ/∂z| / M at a gate z = 1 on
  /// the channel. Where a weight is read in several places, they add.
  public static let activationGates = Evidence(
    "activation-gates", version: 1, batch: .examples(1), combine: .mean
  ) { trace in
    let outputs = trace.sites.map(\.output)
    var gates: [(name: String, value: Value)] = []
    for (site, gradient) in zip(trace.sites, trace.gradients(of: trace.loss, wrt: outputs)) {
      let shape = site.output.shape
      let channels = site.weight.shape.rank == 4 ? 1 : shape.rank - 1
      let sum = (site.output * gradient).summed(over: (0..<shape.rank).filter { $0 != channels })
      let gate = sum.magnitude.scaled(by: Float(1 / Double(max(1, shape.count / max(1, shape[channels])))))
      if let known = gates.firstIndex(where: { $0.name == site.parameter }) {
        gates[known].value = gates[known].value + gate
      } else {
        gates.append((site.parameter, gate))
      }
    }
    return gates
  }
}
