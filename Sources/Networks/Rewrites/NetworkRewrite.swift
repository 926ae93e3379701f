import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A change of a network's forward graph: sparse, compacted, gated, quantised, adapted. It may add parameters, change how weights
/// are read and add a penalty to the loss; a learned mask hands back what it has learned.
package protocol NetworkRewrite: Component {
  /// The changed network.
  func apply(to network: Network) throws -> Network

  /// The masks that trained parameters stand for; `nil` for a rewrite that learns none.
  func masks(in parameters: ParameterSet) -> MaskSet?
}

extension NetworkRewrite {
  package func masks(in parameters: ParameterSet) -> MaskSet? { nil }
}

extension Network {
  /// This network changed by a rewrite.
  ///
  /// - Parameters:
  ///   - declarations: the parameters of the changed network; unless said otherwise, those of this one. New ones go behind the
  ///     old ones, so that those are drawn as before.
  ///   - forms: what the leaves of parameters hold; unless said otherwise, what they hold here.
  ///   - forward: makes the changed forward graph from this network's, `Graph.rewritten` for one.
  /// - Throws: `TraceError` where the changed graph has no logits of the task or declares other parameters.
  package func rewritten(
    by rewrite: any NetworkRewrite, declarations: [ParameterDeclaration]? = nil, buffers: [Buffer]? = nil,
    forms: [String: WeightForm]? = nil,
    forward: @escaping @Sendable (_ graph: Graph, _ isTraining: Bool) throws -> Graph
  ) throws -> Network {
    let changed = { @Sendable (batch: Int, isTraining: Bool) in
      try forward(try trace(batch, isTraining), isTraining)
    }
    let (declarations, forms) = (declarations ?? self.declarations, forms ?? self.forms)
    let graph = try changed(1, true)
    if let problem = graph.problem(declarations, forms, logits: interface.logitsShape(batch: 1)) {
      throw TraceError(primitive: rewrite.name, problem: problem)
    }
    return Network(
      model: model, interface: interface, initializer: initializer, rewrites: rewrites + [rewrite],
      declarations: declarations, buffers: buffers ?? self.buffers, forms: forms,
      sparsifiable: graph.sparsifiable, trace: changed)
  }

  /// The masks that trained parameters stand for, where a rewrite learns some; of several rewrites, what all of them keep.
  package func masks(in parameters: ParameterSet) -> MaskSet? {
    let learned = rewrites.compactMap { $0.masks(in: parameters) }
    guard !learned.isEmpty else { return nil }
    var result = MaskSet()
    for (name, mask) in learned.joined() {
      let kept = result[name]?.bytes ?? mask.bytes
      result[name] = Mask(mask.shape, zip(kept, mask.bytes).map { $0 & $1 })
    }
    return result
  }
}

extension Graph {
  /// A forward graph with some leaves or nodes changed, as `GraphBuilder.replay` says, and with a further penalty.
  package func rewritten(
    leaf: (GraphBuilder, Graph.Leaf, ValueType) -> Value? = { _, _, _ in nil },
    node: (GraphBuilder, _ index: Int, _ inputs: [Value]) -> [Value]? = { _, _, _ in nil },
    penalty: (GraphBuilder) -> Value? = { _ in nil }
  ) throws -> Graph {
    try Graph.trace { builder in
      let replay = builder.replay(self, leaf: { leaf(builder, $0, $1) }, node: { node(builder, $0, $1) })
      var penalties = penalty(builder).map { [$0] } ?? []
      for (name, value) in replay.outputs {
        if name == "penalty" { penalties.insert(value, at: 0) } else { builder.output(name, value) }
      }
      guard let first = penalties.first else { return }
      builder.output("penalty", penalties.dropFirst().reduce(first, +))
    }
  }

  /// Why this is no forward graph with these parameters and logits; `nil` where it is one.
  fileprivate func problem(
    _ declarations: [ParameterDeclaration], _ forms: [String: WeightForm], logits: Shape
  ) -> String? {
    guard let output = outputs.first(where: { $0.name == "logits" })?.value, type(of: output).shape == logits
    else { return "gives no logits of shape \(logits)" }
    if let penalty = outputs.first(where: { $0.name == "penalty" })?.value, type(of: penalty).shape.rank != 0
    {
      return "gives a penalty of shape \(type(of: penalty).shape) where a scalar is needed"
    }
    for (name, shape) in parameters {
      guard let declaration = declarations.first(where: { $0.name == name }) else {
        return "reads \(name), which it does not declare"
      }
      let wanted = (forms[name] ?? .all).leafShape(declaration.shape)
      if shape != wanted { return "reads \(name) as \(shape) where \(wanted) is declared" }
    }
    return nil
  }
}
