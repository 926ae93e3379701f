import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// ∂R/∂|θ| / R for every prunable weight, R being the sum over all paths from input to output of the product of their weights'
  /// magnitudes: what comes out of the network of magnitudes, summed, when 1 goes in everywhere. It looks at no data.
  ///
  /// R grows with every layer and would leave the range of Float in deep networks. It is first measured on inputs of 2⁻¹⁰⁰;
  /// then c = 1 / √R goes in and comes back, so that what lies between stays within √R of 1, and the product of both is 1 / R.
  ///
  /// Biases carry no flow, and normalisations are their scales. A network with anything that magnitudes do not flow through (a
  /// softmax, a layer normalisation, a smooth activation) is refused.
  public static let flow = Evidence("flow", version: 1, batch: .none) { trace in
    let (builder, prunable) = (trace.builder, trace.prunable)
    let magnitudes = prunable.map { ($0.name, $0.value.magnitude) }
    func flow(from input: Value) throws(PruningError) -> Value {
      let end = builder.flow(to: trace.logits, from: input) { name in
        magnitudes.first { $0.0 == name }?.1
      }
      switch end {
      case .success(let value): return value.sum
      case .failure(let error): throw .flow(error.primitive, scope: error.scope)
      }
    }
    let small = try flow(from: builder.constant(0x1p-100))
    let root = small.maximum(builder.constant(0x1p-120)).squareRoot
    let scale = (builder.constant(0x1p-50) / root).detached
    let gradients = builder.gradients(
      of: [try flow(from: scale)], seeds: [scale], wrt: magnitudes.map(\.1))
    return zip(prunable, gradients).map { weight, gradient in
      (weight.name, gradient ?? builder.constant(0, weight.value.shape))
    }
  }
}

extension PruningError {
  /// A network that magnitudes do not flow through.
  fileprivate static func flow(_ primitive: String, scope: String) -> PruningError {
    .unfit(
      "\(scope.isEmpty ? "the model" : scope) has a \(primitive), through which no synaptic flow goes; use a model of linear layers, "
        + "convolutions, rectifiers, pools and batch normalisations, or a criterion such as snip",
      criterion: "synflow")
  }
}
