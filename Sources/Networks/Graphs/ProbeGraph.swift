import CoppiceAutodiff
import CoppiceTensors

extension Network {
  /// A graph of a loss on a batch, in evaluation mode, and of what a closure makes of it: named arrays, which are its outputs.
  /// Leaves: `inputs`, `labels`, parameters, buffers, `given/<evidence>/<name>` and `survivors/<name>`.
  ///
  /// - Parameters:
  ///   - given: results of evidence that the closure may ask for; of these the graph depends on the shapes alone.
  ///   - trace: gives the outputs.
  package func probeGraph(
    batch: Int, loss: Loss = .crossEntropy, given: [String: ParameterSet] = [:],
    trace: (LossTrace) throws -> [(name: String, value: Value)]
  ) throws -> Graph {
    let forward = try forward(batch: batch, isTraining: false)
    return try Graph.trace { builder in
      let replay = builder.replay(forward)
      let (logits, labels) = (replay.logits(builder), builder.labels(interface, batch: batch))
      let evaluated = loss.evaluated
      let mean = evaluated.mean(logits, labels)
      let weights = declarations.filter(\.isTrained).map {
        ($0.name, builder.parameter($0.name, form(of: $0.name).leafShape($0.shape)))
      }
      let loss = LossTrace(
        builder: builder, logits: logits, labels: labels, loss: mean, weights: weights,
        sites: sites(forward, replay), meanLoss: { evaluated.mean($0, labels) },
        axisGroups: { forward.axisGroups() }
      ) { evidence, name, shape in
        let found = given[evidence]?[name]?.shape
        if found != shape {
          builder.fail(
            "given", "\(evidence) gives \(found.map { "\($0)" } ?? "nothing") for \(name), not \(shape)")
        }
        return builder.input("given/\(evidence)/\(name)", shape)
      }
      for (name, value) in try trace(loss) { builder.output(name, value) }
    }.simplified
  }

  /// Where the prunable weights are read.
  func sites(_ forward: Graph, _ replay: Replay) -> [Site] {
    let prunable = Set(prunable)
    return forward.nodes.enumerated().compactMap { index, node in
      guard let primitive = node.primitive as? any PrunablePrimitive, let name = forward.weight(of: index),
        prunable.contains(name), let output = replay[ValueID(node: index)]
      else { return nil }
      let inputs = node.inputs.compactMap { replay[$0] }
      return Site(
        parameter: name, weight: inputs[1], input: inputs[0], output: output, primitive: primitive,
        inputs: inputs)
    }
  }
}
